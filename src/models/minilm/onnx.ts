import protobuf from "protobufjs";

/** What of the ONNX format is written here, with the numbers of its fields in onnx.proto. */
const schema = `
  syntax = "proto3";
  message Model { int64 ir_version = 1; Graph graph = 7; repeated OperatorSet opset_import = 8; }
  message OperatorSet { string domain = 1; int64 version = 2; }
  message Graph {
    repeated Node node = 1; string name = 2; repeated Tensor initializer = 5;
    repeated Value input = 11; repeated Value output = 12;
  }
  message Node {
    repeated string input = 1; repeated string output = 2; string op_type = 4;
    repeated Attribute attribute = 5; string domain = 7;
  }
  message Attribute { string name = 1; float f = 2; int64 i = 3; int32 type = 20; }
  message Tensor { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
  message Value { string name = 1; Type type = 2; }
  message Type { TensorType tensor_type = 1; }
  message TensorType { int32 elem_type = 1; Shape shape = 2; }
  message Shape { repeated Dimension dim = 1; }
  message Dimension { int64 dim_value = 1; string dim_param = 2; }
`;
const Model = protobuf.parse(schema).root.lookupType("Model");
/** Numbers of types in onnx.proto. */
const dataType = { float: 1, int8: 3, int64: 7 } as const;
const attributeType = { f: 1, i: 2 } as const;

export interface Node {
  readonly operator: string;
  /** Names of values; "" stands for an optional one that is left out. */
  readonly inputs: readonly string[];
  readonly floats?: Readonly<Record<string, number>>;
  readonly integers?: Readonly<Record<string, number>>;
  /** Whether the operator is one of onnxruntime's own, beyond ONNX. */
  readonly contributed?: boolean;
}

/** An input or output of single-precision numbers; the words of a shape are lengths that vary. */
export interface Value {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

/** Collects the nodes and constants of a graph, whose values are known by name, and writes it as an ONNX file. */
export interface GraphWriter {
  /** Adds a constant of the given shape and returns its name. */
  constant(numbers: Float32Array | Int8Array | BigInt64Array, shape: readonly number[]): string;
  /** Adds a node and returns the name of its output, a new one unless given. */
  node(node: Node, output?: string): string;
  /** Adds a node that cuts a value into equal parts along the last axis, and returns their names. */
  split(value: string, parts: number): string[];
  finish(input: Value, output: Value): Uint8Array;
}

/** A writer of graphs in ONNX operator set 18. */
export function createGraphWriter(): GraphWriter {
  const nodes: object[] = [];
  const constants: object[] = [];
  let named = 0;
  const fresh = () => `value${named++}`;

  const add = (
    { operator, inputs, floats = {}, integers = {}, contributed }: Node,
    outputs: readonly string[],
  ) => {
    nodes.push({
      opType: operator,
      input: inputs,
      output: outputs,
      attribute: [
        ...Object.entries(floats).map(([name, f]) => ({ name, f, type: attributeType.f })),
        ...Object.entries(integers).map(([name, i]) => ({ name, i, type: attributeType.i })),
      ],
      domain: contributed ? "com.microsoft" : "",
    });
  };

  return {
    constant(numbers, shape) {
      const name = fresh();
      constants.push({
        name,
        dims: shape,
        dataType:
          numbers instanceof Float32Array
            ? dataType.float
            : numbers instanceof Int8Array
              ? dataType.int8
              : dataType.int64,
        rawData: new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength),
      });
      return name;
    },
    node(node, output = fresh()) {
      add(node, [output]);
      return output;
    },
    split(value, parts) {
      const outputs = Array.from({ length: parts }, fresh);
      add({ operator: "Split", inputs: [value], integers: { axis: -1, num_outputs: parts } }, outputs);
      return outputs;
    },
    finish(input, output) {
      const graph = {
        name: "graph",
        node: nodes,
        initializer: constants,
        input: [described(input)],
        output: [described(output)],
      };
      const opsetImport = [
        { domain: "", version: 18 },
        { domain: "com.microsoft", version: 1 },
      ];
      return Model.encode({ irVersion: 8, graph, opsetImport }).finish();
    },
  };
}

function described({ name, shape }: Value): object {
  const dim = shape.map((length) =>
    typeof length === "number" ? { dimValue: length } : { dimParam: length },
  );
  return { name, type: { tensorType: { elemType: dataType.float, shape: { dim } } } };
}
