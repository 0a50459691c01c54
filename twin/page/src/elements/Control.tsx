// Any interactive element, by its type.
import { Button, FeedbackButtons, IconButton } from "./Button";
import { Checkboxes, Radios } from "./Choices";
import { FileField } from "./FileField";
import { Overflow } from "./Overflow";
import { Select } from "./Select";
import type { ControlProps } from "./surface";
import { TextField } from "./TextField";

export function Control(props: ControlProps) {
  const { type } = props.element;
  if (type.endsWith("_select")) return <Select {...props} />;
  switch (type) {
    case "button":
    case "workflow_button":
      return <Button {...props} />;
    case "icon_button":
      return <IconButton {...props} />;
    case "feedback_buttons":
      return <FeedbackButtons {...props} />;
    case "overflow":
      return <Overflow {...props} />;
    case "radio_buttons":
      return <Radios {...props} />;
    case "checkboxes":
      return <Checkboxes {...props} />;
    case "file_input":
      return <FileField {...props} />;
    default:
      return <TextField {...props} />;
  }
}
