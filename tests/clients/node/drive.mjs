// Drive the Web API with Slack's own client, step by step: a JSON command per line on standard
// input, a JSON answer per line on standard output.
import { createInterface } from "node:readline";
import { LogLevel, WebClient } from "@slack/web-api";

const client = (token) =>
  new WebClient(token, {
    slackApiUrl: process.env.SLACK_API_URL,
    logLevel: LogLevel.ERROR,
    rejectRateLimitedCalls: true,
    retryConfig: { retries: 0 },
  });

async function answer({ token, method, args, upload }) {
  if (upload) {
    const file = Buffer.from(upload.content);
    return client(token).filesUploadV2({ ...args, filename: upload.filename, file });
  }
  return client(token).apiCall(method, args);
}

function told(error) {
  return { code: error.code, data: error.data, retryAfter: error.retryAfter };
}

for await (const line of createInterface({ input: process.stdin })) {
  const said = await answer(JSON.parse(line)).catch(told);
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
