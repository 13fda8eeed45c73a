import { AttachmentBuilder, type ChatInputCommandInteraction, MessageFlags } from "discord.js";
import type { Trace } from "../answer/trace.ts";
import { isAbort } from "../errors.ts";
import type { BotTools } from "./answer-question.ts";
import { maintainerPermission } from "./commands.ts";
import { requestFault } from "./faults.ts";
import { type Payload, renderNotice } from "./render.ts";
import { renderExplanation } from "./render-explanation.ts";
import { words, wordsFor } from "./words.ts";

interface Explained {
  readonly payloads: readonly Payload[];
  readonly file?: string;
}

/**
 * Shows a maintainer, and nobody else, how the answer to a question comes about: a summary with all tables as a
 * file. It belongs to no conversation and is not kept in the ledger. Rejects only for what the log should hold.
 */
export async function explainQuestion(
  interaction: ChatInputCommandInteraction,
  tools: Pick<BotTools, "service" | "log">,
  controller: AbortController,
): Promise<void> {
  const { log } = tools;
  try {
    // Null outside of a server, where nobody is a maintainer.
    if (!interaction.memberPermissions?.has(maintainerPermission)) {
      const { content, allowedMentions } = renderNotice(words.notAllowed);
      await interaction.reply({ content, allowedMentions, flags: MessageFlags.Ephemeral });
      return;
    }
    await interaction.deferReply({ flags: MessageFlags.Ephemeral });
  } catch (error) {
    const level = requestFault(error) === "gone" ? "info" : "warn";
    log[level]({ err: error }, "An interaction could not be acknowledged.");
    return;
  }
  const explained = await explanationOf(interaction.options.getString("question", true), tools, controller);
  try {
    await show(interaction, explained);
    log.info("A question was explained.");
  } catch (error) {
    const level = requestFault(error) === "gone" ? "info" : "error";
    log[level]({ err: error }, "An explanation could not be shown.");
  }
}

async function explanationOf(
  question: string,
  { service, log }: Pick<BotTools, "service" | "log">,
  { signal }: AbortController,
): Promise<Explained> {
  if (question.trim() === "") return { payloads: [renderNotice(words.help)] };
  const traces: Trace[] = [];
  try {
    const answer = await service.ask(question, { signal, onTrace: (trace) => traces.push(trace) });
    return renderExplanation(question, traces, answer);
  } catch (error) {
    if (!(isAbort(error) && signal.aborted)) log.error({ err: error }, "A question failed.");
    return { payloads: [renderNotice(wordsFor(error))] };
  }
}

async function show(
  interaction: ChatInputCommandInteraction,
  { payloads: [first, ...more], file }: Explained,
): Promise<void> {
  if (!first) return;
  const files = file === undefined ? [] : [new AttachmentBuilder(Buffer.from(file), { name: "explain.txt" })];
  await interaction.editReply({ ...first, files });
  for (const payload of more) {
    await interaction.followUp({ ...payload, flags: [payload.flags, MessageFlags.Ephemeral] });
  }
}
