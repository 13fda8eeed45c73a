import { createGraphWriter } from "./onnx.ts";
import { quantize, smoothing } from "./quantize.ts";
import { dimensions, type Weights } from "./weights.ts";

/** From the model's config.json. */
const layers = 6;
const heads = 12;
const epsilon = 1e-12;

/**
 * The model as an ONNX file: the encoder of BERT over one text, then the mean of its tokens, of length 1.
 * Input `tokens`: the sum of each token's word, position and type embedding, 1 × tokens × 384.
 * Output `vector`: 1 × 384. Linear layers multiply 8-bit integers; everything between is single precision.
 */
export function buildGraph(weights: Weights): Uint8Array {
  const { constant, node, split, finish } = createGraphWriter();
  const floats = (name: string) => {
    const numbers = weights.floats(name);
    return constant(numbers, [numbers.length]);
  };

  /** Layers that share their input `x`, side by side. `owner` names them in the table of loud inputs. */
  const linear = (x: string, owner: string, names: readonly string[], bias: boolean): string => {
    const matrices = names.map((name) => weights.matrix(`${name}.weight`));
    const smooth = smoothing(owner, matrices[0]?.columns ?? 0);
    const { integers, inputs, scales } = quantize(matrices, smooth);
    const calm = smooth ? node({ operator: "Mul", inputs: [x, constant(smooth, [smooth.length])] }) : x;
    const biases = bias
      ? Float32Array.from(names.flatMap((name) => [...weights.floats(`${name}.bias`)]))
      : undefined;
    return node({
      operator: "DynamicQuantizeMatMul",
      contributed: true,
      inputs: [
        calm,
        constant(integers, [inputs, scales.length]),
        constant(scales, [scales.length]),
        "",
        ...(biases ? [constant(biases, [biases.length])] : []),
      ],
    });
  };

  /** The layer normalisation of x + y. */
  const addAndNormalise = (x: string, y: string, name: string): string =>
    node({
      operator: "SkipLayerNormalization",
      contributed: true,
      inputs: [x, y, floats(`${name}.weight`), floats(`${name}.bias`)],
      floats: { epsilon },
    });

  let x = node({
    operator: "LayerNormalization",
    inputs: ["tokens", floats("embeddings.LayerNorm.weight"), floats("embeddings.LayerNorm.bias")],
    floats: { epsilon },
  });
  for (let layer = 0; layer < layers; layer++) {
    const at = `encoder.layer.${layer}`;
    const projections = ["query", "key", "value"].map((name) => `${at}.attention.self.${name}`);
    const attended = node({
      operator: "MultiHeadAttention",
      contributed: true,
      inputs: split(linear(x, `${layer}.attention.self`, projections, true), 3),
      integers: { num_heads: heads },
    });
    const mixed = linear(attended, `${layer}.attention.output`, [`${at}.attention.output.dense`], true);
    x = addAndNormalise(mixed, x, `${at}.attention.output.LayerNorm`);
    // BiasGelu adds the bias in the same pass.
    const wide = linear(x, `${layer}.intermediate`, [`${at}.intermediate.dense`], false);
    const active = node({
      operator: "BiasGelu",
      contributed: true,
      inputs: [wide, floats(`${at}.intermediate.dense.bias`)],
    });
    const narrow = linear(active, `${layer}.output`, [`${at}.output.dense`], true);
    x = addAndNormalise(narrow, x, `${at}.output.LayerNorm`);
  }
  const mean = node({
    operator: "ReduceMean",
    inputs: [x, constant(BigInt64Array.of(1n), [1])],
    integers: { keepdims: 0 },
  });
  node({ operator: "LpNormalization", inputs: [mean], integers: { axis: -1, p: 2 } }, "vector");
  return finish(
    { name: "tokens", shape: [1, "tokens", dimensions] },
    { name: "vector", shape: [1, dimensions] },
  );
}
