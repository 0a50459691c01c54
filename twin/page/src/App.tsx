import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { ChannelPane } from "./chat/ChannelPane";
import { ThreadPane } from "./chat/ThreadPane";
import { PageContext, titleOf, type Note, type Page } from "./context";
import { Drawer } from "./drawer/Drawer";
import { useLive } from "./live";
import { Modal } from "./modal/Modal";
import { readPlace, writePlace, type Place } from "./route";
import { HomePane } from "./sidebar/HomePane";
import { Sidebar } from "./sidebar/Sidebar";
import type { Channel, State } from "./types";
import { Spinner } from "./ui/Spinner";
import { isDark } from "./ui/ThemeButton";

const TOAST_MS = 5000;

export function App() {
  const [place, go] = usePlace();
  const [first, setFirst] = useState<string | null>(null);
  const live = useLive({ user: place.user, channel: place.channel ?? first, thread: place.thread });
  const { notes, note, forget } = useNotes();
  const [toast, setToast] = useToast();
  useTheme(place.theme);
  const { state, refresh } = live;
  const channel = state ? shownChannel(state, place) : null;
  // Without a channel in the address the first one is shown, and the server asked for it; so it is
  // when this person cannot see the one in the address.
  useEffect(() => {
    if (place.channel === null && channel !== null) setFirst(channel.id);
    const isHidden = place.channel !== null && channel?.id !== place.channel;
    if (isHidden && state?.me.id === (place.user ?? state?.me.id))
      go({ channel: null, thread: null, at: null }, true);
  }, [place, channel, state, go]);
  const page = useMemo<Page | null>(() => {
    if (state === null) return null;
    const where = { user: state.me.id, channel: channel?.id ?? "" };
    return {
      state,
      place,
      channel,
      notes,
      go,
      refresh,
      note: (text, thread) =>
        note({ ...where, text, thread, ts: newestTs(thread ? state.thread : state.channel) }),
      forget,
      toast: setToast,
    };
  }, [state, place, channel, notes, go, refresh, note, forget, setToast]);
  useEffect(() => {
    const where = channel && state ? `${titleOf(state, channel)} – ${state.workspace.name} – ` : "";
    document.title = `${where}Local Slack (offline twin)`;
  }, [channel, state]);
  if (page === null) return <Starting trouble={live.trouble} />;
  return (
    <PageContext value={page}>
      <Layout page={page} trouble={live.trouble} />
      {toast && (
        <p className="toast" role="status">
          {toast}
        </p>
      )}
    </PageContext>
  );
}

function newestTs(shown: State["channel"] | State["thread"]): string {
  const all = [...(shown?.messages ?? []), ...(shown?.ephemerals ?? [])];
  return (
    all
      .map((one) => one.ts)
      .sort()
      .at(-1) ?? "0"
  );
}

function Layout({ page, trouble }: { page: Page; trouble: string | null }) {
  const { state, place } = page;
  const app = state.apps.find((one) => one.id === place.home);
  const thread = app ? null : place.thread;
  return (
    <div className="page" data-pane={paneOf(place)} data-drawer={place.drawer ?? undefined}>
      {trouble && (
        <p className="banner" role="alert">
          The connection is gone ({trouble}). Trying again …
        </p>
      )}
      <Sidebar />
      <div className="panes">
        {app ? <HomePane key={state.me.id + app.id} app={app} /> : <ChannelPane />}
        {thread && <ThreadPane key={thread} ts={thread} />}
        {place.drawer && <Drawer />}
      </div>
      {state.views.map((view) => (
        <Modal key={view.id} view={view} />
      ))}
    </div>
  );
}

// On narrow screens one pane is shown at a time.
function paneOf(place: Place): string {
  if (place.drawer) return "drawer";
  if (place.home) return "main";
  if (place.thread) return "thread";
  return place.channel ? "main" : "nav";
}

function shownChannel(state: State, place: Place): Channel | null {
  const found = state.channels.find((one) => one.id === place.channel);
  return (
    found ??
    state.channels.find((one) => one.is_member && !one.is_archived) ??
    state.channels[0] ??
    null
  );
}

function Starting({ trouble }: { trouble: string | null }) {
  return (
    <div className="starting">
      {trouble === null ? (
        <Spinner />
      ) : (
        <p role="alert">The local Slack cannot be reached: {trouble}. Trying again …</p>
      )}
    </div>
  );
}

function usePlace(): [Place, (change: Partial<Place>, isQuiet?: boolean) => void] {
  const [place, setPlace] = useState(() => readPlace(location));
  const newest = useRef(place);
  useEffect(() => {
    history.replaceState(null, "", writePlace(newest.current));
    const back = () => {
      newest.current = readPlace(location);
      setPlace(newest.current);
    };
    window.addEventListener("popstate", back);
    return () => window.removeEventListener("popstate", back);
  }, []);
  const go = useCallback((change: Partial<Place>, isQuiet = false) => {
    const next = { ...newest.current, ...change };
    const isElsewhere = writePlace(next) !== writePlace(newest.current);
    newest.current = next;
    setPlace(next);
    if (isElsewhere) history[isQuiet ? "replaceState" : "pushState"](null, "", writePlace(next));
  }, []);
  return [place, go];
}

function useNotes() {
  const [notes, setNotes] = useState<Note[]>([]);
  const number = useRef(0);
  const note = useCallback((one: Omit<Note, "id">) => {
    const id = ++number.current;
    setNotes((old) => [...old, { ...one, id }]);
  }, []);
  const forget = useCallback(
    (id: number) => setNotes((old) => old.filter((one) => one.id !== id)),
    [],
  );
  return { notes, note, forget };
}

function useToast(): [string | null, (text: string) => void] {
  const [toast, setToast] = useState<{ text: string } | null>(null);
  useEffect(() => {
    if (toast === null) return;
    const timer = setTimeout(() => setToast(null), TOAST_MS);
    return () => clearTimeout(timer);
  }, [toast]);
  return [toast?.text ?? null, useCallback((text: string) => setToast({ text }), [])];
}

function useTheme(theme: Place["theme"]): void {
  useEffect(() => {
    const root = document.documentElement;
    const show = () => (root.dataset.theme = isDark(theme) ? "dark" : "light");
    show();
    const asked = matchMedia("(prefers-color-scheme: dark)");
    asked.addEventListener("change", show);
    return () => asked.removeEventListener("change", show);
  }, [theme]);
}
