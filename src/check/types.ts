import type { Root } from "mdast";
import type { Document, Source } from "../knowledge/types.ts";
import type { Statement } from "./prose.ts";

/** One thing that the check found, with the place at which to mend it. */
export interface Finding {
  /** Path below the corpus folder, with forward slashes. */
  readonly file: string;
  /** Line of the file, from 1. */
  readonly line: number;
  readonly rule: string;
  /** An error fails the check; a warning does not. */
  readonly severity: "error" | "warning";
  readonly message: string;
}

/** A document of the corpus as the rules see it. */
export interface Page {
  readonly file: string;
  readonly text: string;
  readonly root: Root;
  /** Sentences and rows of the text, which several rules read. */
  readonly statements: readonly Statement[];
  /** Blocks with their lines. When the front matter cannot be used, what the body alone gives. */
  readonly document: Document;
  /** Undefined when the front matter cannot be used: then no rule can tell which footnotes exist. */
  readonly sources: readonly Source[] | undefined;
  /** Aliases, tags and title: the names that the front matter gives to the subject. */
  readonly names: readonly string[];
}

/** Reports a finding of one rule on one page; an error unless it says that it is a warning. */
export type Report = (line: number, rule: string, message: string, severity?: "error" | "warning") => void;
