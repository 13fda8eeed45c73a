/**
 * One generation. `lexicon` holds stems that `indexText` made, so its tokenizer only has to cut at spaces;
 * it stores no text of its own (content='').
 */
export const schema = `
  create table manifest(data text not null);
  create table documents(id text primary key, hash text not null, data text not null) without rowid;
  create table passages(row integer primary key, id text not null, document text not null, data text not null);
  create index passages_document on passages(document);
  create table vectors(label integer primary key, passage integer not null, text text not null);
  create index vectors_passage on vectors(passage);
  create table synonyms(data text not null);
  create table words(word text primary key, stem text not null) without rowid;
  create virtual table lexicon using fts5(
    title, heading, aliases, questions, body,
    content='', tokenize="unicode61 remove_diacritics 0"
  );
  create virtual table vocabulary using fts5vocab(lexicon, 'row');
`;

/**
 * BM25 weights of title, heading, aliases, questions and body. Title, aliases and questions say what a
 * document is about and the heading what the section is about; they are short, so a match weighs more.
 */
export const columnWeights = [3, 2, 1.5, 1, 1] as const;
