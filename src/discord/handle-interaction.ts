import { type ChatInputCommandInteraction, type Interaction, MessageFlags } from "discord.js";
import { details } from "../answer/detail.ts";
import { answerQuestion, type BotTools } from "./answer-question.ts";
import { explainQuestion } from "./explain-question.ts";
import { requestFault } from "./faults.ts";
import { interactionOutlet } from "./outlet.ts";
import { renderNotice } from "./render.ts";
import { words } from "./words.ts";

/** Handles an interaction. It is acknowledged in this call, before anything is awaited. Never throws. */
export function handleInteraction(interaction: Interaction, tools: BotTools): void {
  if (!interaction.isChatInputCommand()) return;
  const work = { ask, explain: explainQuestion }[interaction.commandName];
  if (!work) {
    say(interaction, words.unknownCommand, tools);
    return;
  }
  const accepted = tools.inbox.accept(interaction.id, (controller) => work(interaction, tools, controller));
  if (accepted === "closing") say(interaction, words.restarting, tools);
}

async function ask(
  interaction: ChatInputCommandInteraction,
  tools: BotTools,
  controller: AbortController,
): Promise<void> {
  const arrived = performance.now();
  const hidden = interaction.options.getBoolean("private") ?? false;
  const acknowledged = interaction.deferReply(hidden ? { flags: MessageFlags.Ephemeral } : {});
  try {
    await acknowledged;
  } catch (error) {
    // 10062 happens to fast bots too, and another process may have been faster: either way not ours to answer.
    const level = requestFault(error) === "gone" ? "info" : "warn";
    tools.log[level]({ err: error }, "An interaction could not be acknowledged.");
    return;
  }
  const text = interaction.options.getString("question", true).trim();
  const outlet = interactionOutlet(interaction, hidden);
  if (text === "") {
    await outlet.send(renderNotice(words.help));
    return;
  }
  const inGuild = interaction.guildId !== null;
  await answerQuestion(
    {
      text,
      detail: details.find((one) => one === interaction.options.getString("detail")),
      asked: {
        channel: interaction.channelId,
        member: interaction.user.id,
        // A direct conversation is private as it is.
        private: hidden && inGuild,
      },
      outlet,
      // The others in the channel see that somebody used /ask, but not what was asked.
      render: { question: hidden || !inGuild ? undefined : text },
      arrived,
    },
    tools,
    controller,
  );
}

function say(interaction: ChatInputCommandInteraction, text: string, { log }: BotTools): void {
  const { content, allowedMentions } = renderNotice(text);
  interaction
    .reply({ content, allowedMentions, flags: MessageFlags.Ephemeral })
    .catch((error: unknown) => log.info({ err: error }, "An interaction could not be answered."));
}
