import { createUseLiteEmbedder } from "../../src/models/use-lite/embedder.ts";
import { describeEmbedder } from "../contracts/embedder.ts";

describeEmbedder("use-lite", () => createUseLiteEmbedder({ workers: 2 }), { normalised: true });
