import { OverwriteType, PermissionFlagsBits } from "discord-api-types/v10";
import type { Channel, Guild, Member } from "./state.ts";

export type PermissionName = keyof typeof PermissionFlagsBits;

/** Every permission that Discord knows. */
export const ALL_PERMISSIONS: bigint = Object.values(PermissionFlagsBits).reduce((all, bit) => all | bit, 0n);

/** What a direct message allows: https://discord.com/developers/docs/topics/permissions */
const DIRECT_MESSAGE_PERMISSIONS = permissionBits([
  "AddReactions",
  "ViewChannel",
  "SendMessages",
  "EmbedLinks",
  "AttachFiles",
  "ReadMessageHistory",
  "MentionEveryone",
  "UseExternalEmojis",
  "UseExternalStickers",
  "UseApplicationCommands",
  "SendVoiceMessages",
]);

export function permissionBits(names: readonly PermissionName[]): bigint {
  return names.reduce((bits, name) => bits | PermissionFlagsBits[name], 0n);
}

/** The permissions of a member in the whole guild. */
export function guildPermissions(guild: Guild, member: Member): bigint {
  if (guild.ownerId === member.id) return ALL_PERMISSIONS;
  const bits = guild.roles
    .filter((role) => role.id === guild.id || member.roles.includes(role.id))
    .reduce((all, role) => all | BigInt(role.permissions), 0n);
  return (bits & PermissionFlagsBits.Administrator) !== 0n ? ALL_PERMISSIONS : bits;
}

/** The permissions of a member in a channel, overwrites applied in the documented order. A thread follows its parent. */
export function channelPermissions(channel: Channel, member: Member | null): bigint {
  if (channel.guild === null || member === null) return DIRECT_MESSAGE_PERMISSIONS;
  const base = guildPermissions(channel.guild, member);
  if (base === ALL_PERMISSIONS) return base;
  const overwrites = (channel.thread === null ? channel : (channel.parent ?? channel)).overwrites;
  let bits = base;
  const apply = (allow: bigint, deny: bigint): void => {
    bits = (bits & ~deny) | allow;
  };
  for (const one of overwrites) if (one.id === channel.guild.id) apply(BigInt(one.allow), BigInt(one.deny));
  const ofRoles = overwrites.filter(
    (one) => one.type === OverwriteType.Role && one.id !== channel.guild?.id && member.roles.includes(one.id),
  );
  apply(
    ofRoles.reduce((all, one) => all | BigInt(one.allow), 0n),
    ofRoles.reduce((all, one) => all | BigInt(one.deny), 0n),
  );
  for (const one of overwrites)
    if (one.type === OverwriteType.Member && one.id === member.id) apply(BigInt(one.allow), BigInt(one.deny));
  return bits;
}

export function may(channel: Channel, member: Member | null, name: PermissionName): boolean {
  return (channelPermissions(channel, member) & PermissionFlagsBits[name]) !== 0n;
}
