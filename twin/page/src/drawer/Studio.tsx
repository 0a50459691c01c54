// What the service's operator sees and does: its productions and what can be done to each.
import { call, reasonOf } from "../api";
import { usePage } from "../context";
import type { Job, Service } from "../types";

const WORDS: Record<string, string> = {
  pick_up: "Pick up",
  step: "Next step",
  finish: "Finish",
  revive: "Revive",
};
const STRONG = new Set(["release"]);
const HARSH = new Set(["fail", "cancel", "reject"]);

export function Studio() {
  const { state } = usePage();
  return (
    <div className="drawer-body" role="tabpanel" aria-label="Studio">
      {state.services.map((service) => (
        <section key={service.name} aria-label={`${service.label} productions`}>
          <h3>{service.label}</h3>
          {service.jobs.length === 0 && (
            <p className="sidebar-none">No production yet. Ask for a video in Slack.</p>
          )}
          {service.jobs.map((job) => (
            <JobCard key={job.id} service={service} job={job} />
          ))}
        </section>
      ))}
    </div>
  );
}

function actionText(action: string): string {
  return WORDS[action] ?? action.charAt(0).toUpperCase() + action.slice(1).replaceAll("_", " ");
}

function styleOf(action: string): string {
  if (STRONG.has(action)) return "button button-small button-primary";
  return HARSH.has(action) ? "button button-small button-danger" : "button button-small";
}

function JobCard({ service, job }: { service: Service; job: Job }) {
  const { toast, refresh } = usePage();
  const run = async (action: string) => {
    try {
      await call("POST", `services/${service.name}/productions/${job.id}/${action}`, {});
    } catch (error) {
      toast(reasonOf(error));
    }
    await refresh();
  };
  return (
    <article className="job" aria-label={job.topic}>
      <header>
        <strong>{job.topic}</strong>
        <span className={`status status-${job.status.toLowerCase()}`}>
          {statusText(job.status)}
        </span>
      </header>
      <small>{[job.step, job.id].filter(Boolean).join(" · ")}</small>
      <div className="actions">
        {job.actions.map((action) => (
          <button
            key={action}
            type="button"
            className={styleOf(action)}
            onClick={() => void run(action)}
          >
            {actionText(action)}
          </button>
        ))}
      </div>
    </article>
  );
}

function statusText(status: string): string {
  const words = status.replaceAll(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
