/** A file of a multipart request. */
export interface UploadedFile {
  /** `files[0]` */
  readonly field: string;
  readonly filename: string;
  readonly type: string;
  readonly data: Buffer;
}

/** Parses multipart/form-data: the fields as text, the files as they are. */
export function parseMultipart(
  body: Buffer,
  contentType: string,
): { fields: Map<string, string>; files: UploadedFile[] } {
  const boundary = /boundary="?([^";]+)"?/.exec(contentType)?.[1];
  if (boundary === undefined) throw new SyntaxError("multipart without a boundary");
  const fields = new Map<string, string>();
  const files: UploadedFile[] = [];
  const separator = Buffer.from(`--${boundary}`);
  let start = body.indexOf(separator);
  while (start !== -1) {
    const next = body.indexOf(separator, start + separator.length);
    if (next === -1) break;
    // CRLF after the boundary and before the next one belong to the frame.
    const part = body.subarray(start + separator.length + 2, next - 2);
    const split = part.indexOf("\r\n\r\n");
    if (split === -1) throw new SyntaxError("multipart part without a header");
    const head = part.subarray(0, split).toString("utf8");
    const data = part.subarray(split + 4);
    const field = /name="([^"]*)"/.exec(head)?.[1] ?? "";
    const filename = /filename="([^"]*)"/.exec(head)?.[1];
    const type = /content-type:\s*([^\r\n]+)/i.exec(head)?.[1] ?? "application/octet-stream";
    if (filename === undefined) fields.set(field, data.toString("utf8"));
    else files.push({ field, filename, type, data: Buffer.from(data) });
    start = next;
  }
  return { fields, files };
}
