import type { AnswerService } from "../answer/service.ts";
import type { Config } from "../config.ts";
import { layout } from "../index/embedded/layout.ts";
import { openSqliteLedger } from "../ledger/sqlite.ts";
import { createLogger } from "../log.ts";
import { startBot } from "./bot.ts";

/**
 * Runs the bot until SIGINT or SIGTERM, or until Discord ends the connection for good. Resolves with the
 * exit code; throws OperatorError when Discord refuses.
 */
export async function runBot({
  service,
  config,
}: {
  service: AnswerService;
  config: Config;
}): Promise<number> {
  const log = createLogger(config);
  const ledger = openSqliteLedger(layout.ledger(config.DATA_DIR), {
    conversationMinutes: config.CONVERSATION_MINUTES,
  });
  const bot = await startBot({ config, service, ledger, log }).catch((error: unknown) => {
    ledger.close();
    throw error;
  });
  const stop = () => void bot.stop();
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    await bot.closed;
    return 0;
  } finally {
    await bot.stop();
    ledger.close();
  }
}
