// The switches of bad days, and the rules that are in force.
import { useId, useMemo, useState } from "react";
import { call, reasonOf } from "../api";
import { usePage } from "../context";
import type { Fault, Service } from "../types";
import { Icon } from "../ui/Icon";
import { Switch } from "../ui/Switch";
import { realMs, type Clock } from "./journal";
import { MISHAPS, serviceTroubles, SLACK_TROUBLES, SPEEDS, type Trouble } from "./troubles";

const SURE = 100;

export function Days() {
  const { state } = usePage();
  const [percent, setPercent] = useState(SURE);
  return (
    <div className="drawer-body" role="tabpanel" aria-label="Switches">
      <Likelihood percent={percent} change={setPercent} />
      <section aria-label="Slack">
        <h3>Slack</h3>
        <Switches troubles={SLACK_TROUBLES} faults={state.faults} base="" percent={percent} />
        <Rules faults={state.faults} clock={state.clock} base="" />
      </section>
      {state.services.map((service) => (
        <ServiceDays key={service.name} service={service} percent={percent} />
      ))}
    </div>
  );
}

function ServiceDays({ service, percent }: { service: Service; percent: number }) {
  const base = `services/${service.name}/`;
  return (
    <section aria-label={service.label}>
      <h3>{service.label}</h3>
      <Speed service={service} />
      <Switches
        troubles={serviceTroubles(service.label)}
        faults={service.faults}
        base={base}
        percent={percent}
      />
      {service.mishaps && <Mishaps service={service} />}
      <Rules faults={service.faults} clock={service} base={base} />
    </section>
  );
}

function Likelihood({ percent, change }: { percent: number; change: (percent: number) => void }) {
  const id = useId();
  return (
    <div className="slider">
      <label htmlFor={id}>How likely each call is hit</label>
      <output htmlFor={id}>{percent} %</output>
      <input
        id={id}
        type="range"
        min={5}
        max={SURE}
        step={5}
        value={percent}
        onChange={(event) => change(Number(event.target.value))}
      />
    </div>
  );
}

// Sends a change and says what went wrong, if anything did.
function useChange(): (method: string, path: string, body?: unknown) => Promise<void> {
  const { toast, refresh } = usePage();
  return async (method, path, body) => {
    try {
      await call(method, path, body);
    } catch (error) {
      toast(reasonOf(error));
    }
    await refresh();
  };
}

interface SwitchesProps {
  troubles: Trouble[];
  faults: Fault[];
  base: string;
  percent: number;
}

function Switches(props: SwitchesProps) {
  const change = useChange();
  return (
    <>
      {props.troubles.map((trouble) => {
        const running = props.faults.find((fault) => fault.label === trouble.label);
        const start = () =>
          change("POST", `${props.base}faults`, {
            ...trouble.rule,
            label: trouble.label,
            ...(props.percent < SURE ? { probability: props.percent / SURE } : {}),
          });
        const stop = () => change("DELETE", `${props.base}faults/${running?.id}`);
        return (
          <Switch
            key={trouble.label}
            label={trouble.label}
            detail={trouble.detail}
            isOn={running !== undefined}
            flip={(isOn) => void (isOn ? start() : stop())}
          />
        );
      })}
    </>
  );
}

function Rules({ faults, clock, base }: { faults: Fault[]; clock: Clock; base: string }) {
  const change = useChange();
  // Told once for each state, whose `now` grows old.
  const details = useMemo(
    () => new Map(faults.map((one) => [one.id, detailOf(one, clock)])),
    [faults],
  );
  if (faults.length === 0) return null;
  return (
    <ul className="rules" aria-label="Running rules">
      {faults.map((fault) => (
        <li key={fault.id}>
          <span>
            {fault.label ?? `${fault.kind} on ${fault.match}`}
            <small>{details.get(fault.id)}</small>
          </span>
          <button
            type="button"
            className="icon-button"
            aria-label={`Remove ${fault.label ?? fault.kind}`}
            onClick={() => void change("DELETE", `${base}faults/${fault.id}`)}
          >
            <Icon name="close" size={14} />
          </button>
        </li>
      ))}
    </ul>
  );
}

function detailOf(fault: Fault, clock: Clock): string {
  const times = fault.times === null ? "every call" : `${fault.times} more`;
  const until = fault.ends_at
    ? ` until ${new Date(realMs(fault.ends_at, clock)).toLocaleTimeString("en-GB")}`
    : "";
  const chance =
    fault.probability === undefined || fault.probability === 1
      ? ""
      : `, ${Math.round(fault.probability * SURE)} %`;
  return `${fault.match} · ${times}${until}${chance}`;
}

function Speed({ service }: { service: Service }) {
  const change = useChange();
  return (
    <div className="segments" role="radiogroup" aria-label={`${service.label} clock`}>
      <span>Clock</span>
      {[...new Set([...SPEEDS, service.speed])]
        .sort((one, two) => one - two)
        .map((speed) => (
          <button
            key={speed}
            type="button"
            role="radio"
            aria-checked={service.speed === speed}
            onClick={() => void change("POST", `services/${service.name}/clock`, { speed })}
          >
            {speed}×
          </button>
        ))}
    </div>
  );
}

function Mishaps({ service }: { service: Service }) {
  const change = useChange();
  const waiting = new Set((service.mishaps ?? []).map((one) => one.kind));
  return (
    <div className="mishaps" role="group" aria-label={`Webhooks of ${service.label}`}>
      {MISHAPS.map((one) => (
        <button
          key={one.label}
          type="button"
          className={
            waiting.has(one.kind) ? "button button-small button-on" : "button button-small"
          }
          aria-pressed={waiting.has(one.kind)}
          disabled={waiting.has(one.kind)}
          onClick={() => void change("POST", `services/${service.name}/webhooks/next`, one.body)}
        >
          {one.label}
        </button>
      ))}
    </div>
  );
}
