/** The part of transformers.js that is used; the package is not installed by default, so neither are its types. */
export interface Transformers {
  readonly env: {
    allowLocalModels: boolean;
    allowRemoteModels: boolean;
    useFSCache: boolean;
    cacheDir: string;
    remoteHost: string;
    logLevel: number;
  };
  readonly LogLevel: { readonly ERROR: number };
  readonly AutoConfig: { from_pretrained(model: string): Promise<unknown> };
  readonly AutoTokenizer: { from_pretrained(model: string): Promise<Tokenizer> };
  readonly AutoModel: {
    from_pretrained(model: string, options: Readonly<Record<string, unknown>>): Promise<Model>;
  };
  mean_pooling(tokens: Tensor, mask: Tensor): Tensor;
}

export interface Tensor {
  readonly dims: readonly number[];
  slice(...positions: readonly (number | null)[]): Tensor;
  normalize(power: number, dimension: number): Tensor;
  tolist(): number[][];
}

export interface Tokenizer {
  padding_side: "left" | "right";
  readonly model_max_length: number;
  (texts: readonly string[], options: Readonly<Record<string, unknown>>): Inputs;
}

export interface Inputs {
  readonly attention_mask: Tensor;
}

export type Model = (inputs: Inputs) => Promise<Readonly<Record<string, Tensor | undefined>>>;
