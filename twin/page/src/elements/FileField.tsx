import { useState } from "react";
import { Icon } from "../ui/Icon";
import { Spinner } from "../ui/Spinner";
import { useSurface, type ControlProps } from "./surface";
import type { Picked } from "./values";

export function FileField({ block, element, labelledBy, describedBy }: ControlProps) {
  const surface = useSurface();
  const [isBusy, setIsBusy] = useState(false);
  const files = (surface.value(block, element) ?? []) as Picked[];
  const most = element.max_files ?? 10;
  const add = async (chosen: File[]) => {
    setIsBusy(true);
    const added = await surface.upload(chosen.slice(0, most - files.length));
    setIsBusy(false);
    surface.change(block, element, [...files, ...added]);
  };
  return (
    <div className="file-field">
      <ul>
        {files.map((file) => (
          <li key={file.id}>
            <Icon name="file" />
            <span>{file.name}</span>
            <button
              type="button"
              className="icon-button"
              aria-label={`Remove ${file.name}`}
              onClick={() =>
                surface.change(
                  block,
                  element,
                  files.filter((one) => one.id !== file.id),
                )
              }
            >
              <Icon name="close" size={14} />
            </button>
          </li>
        ))}
      </ul>
      {isBusy && <Spinner label="Uploading" />}
      {files.length < most && (
        <label className="button button-small file-add">
          {files.length > 0 ? "Add a file" : "Choose a file"}
          <input
            type="file"
            multiple={most > 1}
            accept={element.filetypes?.map((type) => `.${type}`).join(",")}
            aria-labelledby={labelledBy}
            aria-describedby={describedBy}
            onChange={(event) => {
              void add([...(event.target.files ?? [])]);
              event.target.value = "";
            }}
          />
        </label>
      )}
    </div>
  );
}
