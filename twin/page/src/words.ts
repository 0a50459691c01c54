// What a person reads when something was refused or failed.

const FAILURES: Record<string, string> = {
  operation_timeout: "the app did not answer within three seconds",
  dispatch_failed: "the app could not be reached",
  http_service_error: "the app answered with an error",
  http_client_error: "the app refused it",
  invalid_command_response: "the app answered something that cannot be shown",
};

export const FORM_TROUBLE = "The app could not be reached just now. Please try again.";

// Gives the sentence of a refusal by the person's own client, or null where the app failed.
export function clientRefusal(error: string): string | null {
  if (!error.startsWith("client:")) return null;
  return sentence(error.slice("client:".length).trim());
}

export function failureOf(error: string): string {
  const refusal = clientRefusal(error);
  if (refusal !== null) return refusal;
  const words = FAILURES[error];
  return words ? sentence(`${words} (${error})`) : sentence(error);
}

export function commandFailure(command: string, error: string): string {
  const refusal = clientRefusal(error);
  return refusal ?? `${command} did not work: ${FAILURES[error] ?? error} (${error}).`;
}

export function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?)]$/.test(begun) ? begun : `${begun}.`;
}

export function counted(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
