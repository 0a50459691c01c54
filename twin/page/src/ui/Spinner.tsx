// Inside a button, whose own state says that it is busy, it is only to be seen.
export function Spinner(props: { label?: string; isSilent?: boolean }) {
  if (props.isSilent) return <span className="spinner" aria-hidden="true" />;
  return <span className="spinner" role="status" aria-label={props.label ?? "Loading"} />;
}
