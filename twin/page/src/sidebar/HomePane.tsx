// An app's Home tab, and the way to the conversation with it.
import { useEffect, useState } from "react";
import { act } from "../api";
import { Blocks } from "../blocks/Blocks";
import { PaneHead } from "../chat/PaneHead";
import { botIdOf, partnerOf, usePage } from "../context";
import { SurfaceContext } from "../elements/surface";
import { Trouble } from "../modal/Modal";
import { useViewSurface } from "../modal/viewSurface";
import type { App, View } from "../types";
import { Spinner } from "../ui/Spinner";
import { failureOf } from "../words";

export function HomePane({ app }: { app: App }) {
  const { state, go, refresh } = usePage();
  const [trouble, setTrouble] = useState<string | null>(null);
  const [isOpening, setIsOpening] = useState(true);
  const view = state.homes[app.id] ?? null;
  const user = state.me.id;
  useEffect(() => {
    const open = async () => {
      setIsOpening(true);
      const told = await act("open_home", { user, app: app.id });
      setTrouble(told.error ? failureOf(told.error) : null);
      await refresh();
      setIsOpening(false);
    };
    void open();
    // Opening is what a person does once; a refresh must not do it again.
  }, [user, app.id]);
  const bot = botIdOf(app, state.me.team_id);
  const direct = state.channels.find(
    (one) => one.dm_with !== null && (one.dm_with === bot || partnerOf(state, one)?.id === bot),
  );
  return (
    <main className="pane" aria-label={`${app.name} Home`}>
      <PaneHead title={app.name} />
      <div className="tabs" role="tablist" aria-label={app.name}>
        <button type="button" role="tab" aria-selected className="tab">
          Home
        </button>
        <button
          type="button"
          role="tab"
          aria-selected={false}
          className="tab"
          disabled={!direct}
          onClick={() => direct && go({ home: null, channel: direct.id })}
        >
          Messages
        </button>
      </div>
      <div className="scroller home" tabIndex={0} role="region" aria-label="Home tab">
        {trouble && <Trouble text={trouble} />}
        {view && <HomeView key={view.id} view={view} />}
        {!view && isOpening && <Spinner />}
        {!view && !isOpening && <Nothing app={app} />}
      </div>
    </main>
  );
}

function HomeView({ view }: { view: View }) {
  const { surface, trouble } = useViewSurface(view, {});
  return (
    <div className="home-inside">
      {trouble && <Trouble text={trouble} />}
      <SurfaceContext value={surface}>
        <Blocks blocks={view.blocks} />
      </SurfaceContext>
    </div>
  );
}

function Nothing({ app }: { app: App }) {
  return <p className="pane-empty">{app.name} has not published anything to your Home tab.</p>;
}
