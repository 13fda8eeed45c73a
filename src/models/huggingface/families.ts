/** How token vectors become one: their mean, the first token's, or the last one's. */
export type Pooling = "mean" | "cls" | "last";

export interface Family {
  readonly pooling: Pooling;
  /** Written before a question, as the model's authors do. */
  readonly query: string;
  readonly passage: string;
}

const searching = "Represent this sentence for searching relevant passages: ";
const instruct =
  "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: ";

/**
 * Families by a piece of their names, the first that fits. Pooling and instructions are those of each model's
 * card on the hub, which is named; a folder's own files and the configuration go before this table.
 */
const families: readonly (readonly [RegExp, Family])[] = [
  // Card of intfloat/multilingual-e5-large-instruct: an instruction before questions only, average pooling.
  [/(^|[-_])e5-.*instruct/, { pooling: "mean", query: instruct, passage: "" }],
  // Cards of intfloat/e5-*-v2 and intfloat/multilingual-e5-*: both prefixes, average pooling.
  [/(^|[-_])e5([-_]|$)/, { pooling: "mean", query: "query: ", passage: "passage: " }],
  // Card of BAAI/bge-m3: no instruction, the first token.
  [/bge-m3/, { pooling: "cls", query: "", passage: "" }],
  // Card of BAAI/bge-*-zh-v1.5.
  [/bge-.*-zh/, { pooling: "cls", query: "为这个句子生成表示以用于检索相关文章：", passage: "" }],
  // Card of BAAI/bge-*-en-v1.5.
  [/bge-/, { pooling: "cls", query: searching, passage: "" }],
  // Cards of Alibaba-NLP/gte-*-v1.5, gte-multilingual-base and gte-modernbert-base.
  [/gte-(.*v1\.5|multilingual|modernbert)/, { pooling: "cls", query: "", passage: "" }],
  // Cards of thenlper/gte-small, gte-base and gte-large: average pooling, no instruction.
  [/gte-/, { pooling: "mean", query: "", passage: "" }],
  // Card of mixedbread-ai/mxbai-embed-large-v1.
  [/mxbai-embed/, { pooling: "cls", query: searching, passage: "" }],
  // Cards of Snowflake/snowflake-arctic-embed-*-v2.0 and of the first version.
  [/arctic-embed.*v2/, { pooling: "cls", query: "query: ", passage: "" }],
  [/arctic-embed/, { pooling: "cls", query: searching, passage: "" }],
  // Card of nomic-ai/nomic-embed-text-v1.5.
  [/nomic-embed-text/, { pooling: "mean", query: "search_query: ", passage: "search_document: " }],
  // Card of Qwen/Qwen3-Embedding-0.6B: the last token.
  [/qwen3-embedding/, { pooling: "last", query: instruct, passage: "" }],
  // Card of google/embeddinggemma-300m.
  [
    /embeddinggemma/,
    { pooling: "mean", query: "task: search result | query: ", passage: "title: none | text: " },
  ],
  // Card of sentence-transformers/multi-qa-mpnet-base-dot-v1: the first token.
  [/multi-qa-mpnet-base-dot/, { pooling: "cls", query: "", passage: "" }],
  // Card of ibm-granite/granite-embedding-*: the first token.
  [/granite-embedding/, { pooling: "cls", query: "", passage: "" }],
];

/** What sentence-transformers does unless a model says otherwise. */
const ordinary: Family = { pooling: "mean", query: "", passage: "" };

/** Pooling and prefixes that a model's name tells; mean and none for one that is not known. */
export function familyOf(name: string): Family {
  const own = name.toLowerCase().split("/").at(-1) ?? "";
  return families.find(([pattern]) => pattern.test(own))?.[1] ?? ordinary;
}
