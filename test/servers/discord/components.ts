import type {
  APIAllowedMentions,
  APIEmbed,
  APIGuildMember,
  APIMessageTopLevelComponent,
  APIUser,
} from "discord-api-types/v10";
import { ComponentType } from "discord-api-types/v10";
import { may } from "./permissions.ts";
import { snowflake, timestamp } from "./snowflakes.ts";
import type { Channel, Member, Pings } from "./state.ts";

type Fields = Record<string, unknown>;

const withoutNulls = (fields: object): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));

/** Gives every component its number and the fields that Discord fills in. */
export function renderComponents(components: readonly unknown[]): APIMessageTopLevelComponent[] {
  let next = 1;
  const taken = new Set<number>();
  JSON.stringify(components, (key, value) => {
    if (key === "id" && typeof value === "number" && value > 0) taken.add(value);
    return value;
  });
  const number = (given: unknown): number => {
    if (typeof given === "number" && given > 0) return given;
    while (taken.has(next)) next++;
    return next++;
  };
  const media = (given: { url: string }): Fields => ({
    id: snowflake(),
    url: given.url,
    proxy_url: given.url,
    width: null,
    height: null,
    content_type: null,
  });
  const render = (given: unknown): Fields => {
    const one = withoutNulls(given as object);
    const made: Fields = { ...one, id: number(one.id) };
    const children = one.components;
    if (Array.isArray(children)) made.components = children.map(render);
    switch (one.type) {
      case ComponentType.Container:
        return { accent_color: null, spoiler: false, ...made };
      case ComponentType.Section:
        return { ...made, accessory: render(one.accessory) };
      case ComponentType.Separator:
        return { spacing: 1, divider: true, ...made };
      case ComponentType.Thumbnail:
        return { description: null, spoiler: false, ...made, media: media(one.media as { url: string }) };
      case ComponentType.File:
        return {
          name: null,
          size: null,
          spoiler: false,
          ...made,
          file: media(one.file as { url: string }),
        };
      case ComponentType.MediaGallery:
        return {
          ...made,
          items: (one.items as { media: { url: string } }[]).map((item) => ({
            description: null,
            spoiler: false,
            ...withoutNulls(item),
            media: media(item.media),
          })),
        };
      case ComponentType.StringSelect:
      case ComponentType.UserSelect:
      case ComponentType.RoleSelect:
      case ComponentType.MentionableSelect:
      case ComponentType.ChannelSelect:
        return { min_values: 1, max_values: 1, ...made };
      default:
        return made;
    }
  };
  return components.map(render) as unknown as APIMessageTopLevelComponent[];
}

/** An embed as Discord returns it: type `rich`, no nulls, `inline` always there. */
export function renderEmbeds(embeds: readonly APIEmbed[]): APIEmbed[] {
  return embeds.map((embed) => {
    const made: Fields = { ...withoutNulls(embed), type: "rich" };
    if (embed.fields)
      made.fields = embed.fields.map((field) => ({
        name: field.name.trim(),
        value: field.value.trim(),
        inline: field.inline ?? false,
      }));
    for (const key of ["title", "description"] as const)
      if (typeof embed[key] === "string") made[key] = embed[key].trim();
    if (embed.timestamp)
      made.timestamp = timestamp(Date.parse(embed.timestamp)).replace(/\.\d+/, (part) => part);
    for (const key of ["footer", "author", "image", "thumbnail"] as const)
      if (embed[key]) made[key] = withoutNulls(embed[key]);
    return made as unknown as APIEmbed;
  });
}

/** All text in which Discord looks for mentions: the content and the text displays; embeds never notify. */
export function mentionableText(content: string, components: readonly unknown[]): string {
  const texts = [content];
  JSON.stringify(components, (_key, value) => {
    if (value?.type === ComponentType.TextDisplay && typeof value.content === "string")
      texts.push(value.content);
    return value;
  });
  return texts.join("\n");
}

export interface Mentions extends Pings {
  readonly mentioned: APIUser[];
}

/** Who is mentioned and notified by a text under the given `allowed_mentions` (absent: everybody in the text). */
export function resolveMentions(
  text: string,
  channel: Channel,
  author: Member | null,
  allowed: APIAllowedMentions | null | undefined,
  users: ReadonlyMap<string, APIUser>,
  repliedTo: APIUser | null,
): Mentions {
  const parse = allowed == null ? ["users", "roles", "everyone"] : (allowed.parse ?? []).map(String);
  // Code is not searched for mentions.
  const searched = text.replace(/```[\s\S]*?```|`[^`\n]*`/g, "");
  const allowedUser = (id: string): boolean => parse.includes("users") || (allowed?.users ?? []).includes(id);
  const allowedRole = (id: string): boolean => parse.includes("roles") || (allowed?.roles ?? []).includes(id);
  const found = new Set([...searched.matchAll(/<@!?(\d+)>/g)].map((match) => match[1] ?? ""));
  const mentioned = [...found].filter(allowedUser).flatMap((id) => users.get(id) ?? []);
  const pingsReply = allowed == null || allowed.replied_user === true;
  if (repliedTo !== null && pingsReply && !mentioned.some((user) => user.id === repliedTo.id))
    mentioned.push(repliedTo);
  const mayAll = may(channel, author, "MentionEveryone");
  const roles = [...new Set([...searched.matchAll(/<@&(\d+)>/g)].map((match) => match[1] ?? ""))]
    .filter(allowedRole)
    .filter((id) => channel.guild?.roles.some((role) => role.id === id && (role.mentionable || mayAll)));
  const everyone =
    channel.guild !== null && mayAll && parse.includes("everyone") && /@(everyone|here)\b/.test(searched);
  return { mentioned, users: mentioned.map((user) => user.id), roles, everyone };
}

/** In a MESSAGE_CREATE of a guild each mentioned user carries its member. */
export function withMembers(
  mentioned: readonly APIUser[],
  channel: Channel,
  bare: (member: Member) => Omit<APIGuildMember, "user">,
): (APIUser & { member?: Omit<APIGuildMember, "user"> })[] {
  return mentioned.map((user) => {
    const member = channel.guild?.members.get(user.id);
    return member === undefined ? user : { ...user, member: bare(member) };
  });
}
