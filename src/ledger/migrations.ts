/**
 * Forward-only: migration n (counted from 1) brings `user_version` n - 1 to n. A migration that was released
 * is never changed; the next change of the schema is the next entry.
 */
export const migrations: readonly string[] = [
  `
  create table conversations(key text primary key, expires_at integer not null) without rowid;
  create index conversations_expiry on conversations(expires_at);
  create table turns(
    conversation text not null references conversations(key) on delete cascade,
    position integer not null,
    role text not null check (role in ('user', 'assistant')),
    content text not null,
    primary key (conversation, position)
  ) without rowid;
  create table answers(
    id text primary key,
    conversation text not null,
    asker text not null,
    question text not null,
    history text not null,
    label text not null,
    answer text,
    latency_ms integer not null,
    at integer not null
  ) without rowid;
  create index answers_time on answers(at);
  create index answers_asker on answers(asker);
  create table messages(
    id text primary key,
    answer text not null references answers(id) on delete cascade
  ) without rowid;
  create index messages_answer on messages(answer);
  create table settings(key text primary key, value text not null) without rowid;
  `,
];
