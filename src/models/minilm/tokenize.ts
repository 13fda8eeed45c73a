import { Tokenizer } from "@huggingface/tokenizers";

/** Tokens of a text that the model was trained to read, [CLS] and [SEP] included. */
const mostTokens = 256;
const separator = 102;

/**
 * A function that gives a text's token ids, at most 256, for the tokenizer of tokenizer.json.
 * The file asks for padding and cutting to 128 tokens; here no text is padded, and the model reads 256.
 */
export function createTokenize(json: string): (text: string) => readonly number[] {
  const tokenizer = new Tokenizer({ ...JSON.parse(json), padding: null, truncation: null }, {});
  return (text) => {
    const { ids } = tokenizer.encode(text);
    return ids.length > mostTokens ? [...ids.slice(0, mostTokens - 1), separator] : ids;
  };
}
