// The bad days one can switch on, in plain words, and the rules they stand for.

export interface Trouble {
  label: string;
  detail?: string;
  rule: Record<string, unknown>;
}

// Every method of Slack's Web API.
const API = "/api/";
// Every call to a service, its control excepted.
const ALL = "/";

export const SLACK_TROUBLES: Trouble[] = [
  {
    label: "Slack answers 429 for 20 s",
    detail: "Every Web API call is told to wait",
    rule: { match: API, kind: "rate_limit", times: null, seconds: 20, for_s: 20 },
  },
  { label: "Slack is slow (3 s)", rule: { match: API, kind: "delay", times: null, seconds: 3 } },
  { label: "Slack answers 500", rule: { match: API, kind: "status", times: null, status: 500 } },
  {
    label: "Slack cuts the connection after doing the work",
    detail: "The app cannot know whether it was done",
    rule: { match: API, kind: "drop_after", times: null },
  },
  {
    label: "Slack refuses connections for 10 s",
    detail: "New connections are turned away",
    rule: { match: API, kind: "refuse", seconds: 10 },
  },
  {
    label: "Commands arrive badly signed",
    detail: "The app must refuse them",
    rule: { match: "out:command", kind: "bad_signature", times: null },
  },
  {
    label: "Slack cannot fetch pictures",
    detail: "Messages with a picture are refused whole",
    rule: { match: "out:picture", kind: "drop_before", times: null },
  },
];

export function serviceTroubles(label: string): Trouble[] {
  return [
    {
      label: `${label} down (503)`,
      rule: { match: ALL, kind: "status", times: null, status: 503 },
    },
    {
      label: `${label} slow`,
      detail: "4 s for every answer",
      rule: { match: ALL, kind: "delay", times: null, seconds: 4 },
    },
    {
      label: `${label} answers nonsense`,
      detail: "HTML where JSON belongs",
      rule: {
        match: ALL,
        kind: "body",
        times: null,
        status: 200,
        body: "<html><body>Bad Gateway</body></html>",
      },
    },
    {
      label: `${label} 429`,
      detail: "For 20 s",
      rule: { match: ALL, kind: "rate_limit", times: null, seconds: 20, for_s: 20 },
    },
  ];
}

export interface Mishap {
  kind: string;
  label: string;
  body: Record<string, unknown>;
}

export const MISHAPS: Mishap[] = [
  { kind: "drop", label: "Lose the next webhook", body: { drop: true } },
  { kind: "twice", label: "Next webhook twice", body: { twice: true } },
  { kind: "late_s", label: "Next webhook late (30 s)", body: { late_s: 30 } },
  { kind: "out_of_order", label: "Next webhook out of order", body: { out_of_order: true } },
  { kind: "bad_signature", label: "Next webhook badly signed", body: { bad_signature: true } },
];

export const SPEEDS = [1, 10, 60];
