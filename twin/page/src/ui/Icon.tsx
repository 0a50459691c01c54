// Line icons, drawn here so that nothing is fetched.

const PATHS = {
  hash: "M6.5 3 5 15M13 3l-1.5 12M3.5 7h12M3 11.5h12",
  lock: "M5 8.5h8v6.5H5zM6.5 8.5V6a2.5 2.5 0 0 1 5 0v2.5",
  archive: "M3 4.5h12v3H3zM4 7.5v7h10v-7M7 10h4",
  home: "M3 8.5 9 3.5l6 5M4.5 7.5V15h9V7.5M7.5 15v-4h3v4",
  close: "M4.5 4.5l9 9M13.5 4.5l-9 9",
  back: "M11 3.5 5.5 9l5.5 5.5",
  down: "M4.5 7 9 11.5 13.5 7",
  more: "M4 9h.01M9 9h.01M14 9h.01",
  bolt: "M10 2.5 4 10.5h4.5L8 15.5l6-8H9.5z",
  send: "M3 3.5l12.5 5.5L3 14.5l2-5.5zM5 9h5",
  reply: "M3.5 4.5h11v7.5H9L6 15v-3H3.5z",
  eye: "M2 9s2.5-4.5 7-4.5S16 9 16 9s-2.5 4.5-7 4.5S2 9 2 9zm7 1.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6z",
  cloud: "M5.5 12.5a3 3 0 0 1-.2-6 4 4 0 0 1 7.6 1 2.6 2.6 0 0 1 .1 5M7 15l1-2M10.5 15l1-2",
  moon: "M14.5 10.5A6 6 0 0 1 7.5 3.5a6 6 0 1 0 7 7z",
  sun: "M9 6a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM9 2v1.5M9 14.5V16M2 9h1.5M14.5 9H16M4 4l1 1M13 13l1 1M4 14l1-1M13 5l1-1",
  check: "M4 9.5 7.5 13 14 5.5",
  play: "M6 4l8 5-8 5z",
  file: "M5 2.5h5.5L14 6v9.5H5zM10.5 2.5V6H14",
  link: "M7.5 10.5l3-3M8 5.5l1.5-1.5a3 3 0 0 1 4.3 4.3L12.2 10M10 12.5 8.5 14a3 3 0 0 1-4.3-4.3L5.8 8",
  warn: "M9 3 2.5 14.5h13zM9 7.5v3.5M9 12.7h.01",
  info: "M9 15.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM9 8.5V12M9 6h.01",
  search: "M8 13A5 5 0 1 0 8 3a5 5 0 0 0 0 10zM11.8 11.8 15 15",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon(props: { name: IconName; size?: number }) {
  const size = props.size ?? 18;
  return (
    <svg
      className={`icon icon-${props.name}`}
      width={size}
      height={size}
      viewBox="0 0 18 18"
      aria-hidden="true"
    >
      <path d={PATHS[props.name]} />
    </svg>
  );
}
