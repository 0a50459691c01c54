// The same small Bolt app as lunch_app.py, in JavaScript: a command, a form, a message with a button.
import bolt from "@slack/bolt";

const { SLACK_API_URL, SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET, SLACK_APP_TOKEN, PORT } = process.env;

const app = new bolt.App({
  token: SLACK_BOT_TOKEN,
  ...(SLACK_APP_TOKEN
    ? { socketMode: true, appToken: SLACK_APP_TOKEN }
    : { signingSecret: SLACK_SIGNING_SECRET }),
  clientOptions: { slackApiUrl: SLACK_API_URL },
});

const words = (text) => ({ type: "plain_text", text });

app.command("/lunch", async ({ ack, body, client }) => {
  await ack(`Lunch for <@${body.user_id}>: one moment.`);
  await client.views.open({
    trigger_id: body.trigger_id,
    view: {
      type: "modal",
      callback_id: "lunch_form",
      private_metadata: body.channel_id,
      title: words("Lunch"),
      submit: words("Order"),
      blocks: [
        {
          type: "input",
          block_id: "dish",
          label: words("Dish"),
          element: { type: "plain_text_input", action_id: "dish_input" },
        },
      ],
    },
  });
});

app.view("lunch_form", async ({ ack, view, client }) => {
  const dish = view.state.values.dish.dish_input.value;
  if (dish === "nothing") {
    await ack({ response_action: "errors", errors: { dish: "Eat something." } });
    return;
  }
  await ack();
  await client.chat.postMessage({
    channel: view.private_metadata,
    text: `Lunch: ${dish}`,
    blocks: [
      { type: "section", text: { type: "mrkdwn", text: `Lunch: *${dish}*` } },
      {
        type: "actions",
        elements: [{ type: "button", action_id: "lunch_done", text: words("Done"), value: dish }],
      },
    ],
  });
});

app.action("lunch_done", async ({ ack, action, body, client }) => {
  await ack();
  await client.chat.update({
    channel: body.channel.id,
    ts: body.message.ts,
    text: `Lunch: ${action.value}, done by <@${body.user.id}>`,
    blocks: [],
  });
});

app.event("app_mention", async ({ event, client }) => {
  await client.chat.postMessage({ channel: event.channel, thread_ts: event.ts, text: "Hungry?" });
});

await app.start(PORT ? Number(PORT) : undefined);
console.log("Lunch app is running.");
