import { AwsClient } from "aws4fetch";
import { Fault } from "./fault.ts";

export interface S3Options {
  /** Such as http://localhost:9000; where absent, that of AWS in the region. */
  readonly endpoint?: string;
  readonly bucket: string;
  /** Folder in the bucket; the bucket's root where absent. */
  readonly prefix?: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string;
  /** How often a request is tried in all; 6 where absent. */
  readonly tries?: number;
  /** How long the service may take to begin an answer, with 1 s more for each MB sent; 30 s where absent. */
  readonly timeoutSeconds?: number;
  /** The time that requests are signed with. */
  readonly now?: () => Date;
  /** Waits between two tries. */
  readonly sleep?: (seconds: number) => Promise<void>;
}

/** A request about one key, or about the bucket where `key` is null. */
export interface S3Request {
  readonly method: "GET" | "HEAD" | "PUT";
  readonly key: string | null;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** SHA-256 of the body, in hexadecimal: the service refuses a body that it does not match. */
  readonly bodyHash?: string;
}

export interface S3Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
  /** The error's code, such as NoSuchKey; "" where the service gave none. */
  readonly code: string;
}

/**
 * Sends requests to an S3-compatible service: path-style URLs, AWS Signature Version 4 with a signed
 * body, and more tries after 1/4, 1/2, 1, 2 and 4 s where the service is busy (408, 429, 5xx), silent
 * or unreachable. Answers with success, or with 404 about a key; else throws a Fault that names bucket
 * and key.
 */
export function s3Requests(options: S3Options): (request: S3Request) => Promise<S3Answer> {
  const { bucket, region, tries = 6, timeoutSeconds = 30 } = options;
  const now = options.now ?? (() => new Date());
  const sleep = options.sleep ?? wait;
  const base = (options.endpoint ?? `https://s3.${region}.amazonaws.com`).replace(/\/+$/, "");
  const { accessKeyId, secretAccessKey, sessionToken } = options;
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
  const client = new AwsClient({ ...credentials, service: "s3", region, retries: 0 });

  const attempt = async ({ method, key, query, body, bodyHash }: S3Request): Promise<S3Answer> => {
    const url = new URL(`${base}/${encode(bucket)}${key === null ? "" : `/${encode(key)}`}`);
    for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value);
    const signed = await client.sign(url, {
      method,
      headers: { "x-amz-content-sha256": bodyHash ?? HASH_OF_NOTHING },
      ...(body === undefined ? {} : { body: Buffer.from(body) }),
      aws: {
        datetime: now()
          .toISOString()
          .replace(/[:-]|\.\d{3}/g, ""),
      },
    });
    const silence = new AbortController();
    const patience = timeoutSeconds + (body?.length ?? 0) / 1e6;
    const timer = setTimeout(() => silence.abort(), patience * 1000);
    try {
      const answer = await fetch(signed, { signal: silence.signal, redirect: "manual" });
      clearTimeout(timer); // from here on, undici ends a body that stalls
      const bytes = new Uint8Array(await answer.arrayBuffer());
      const { status, headers } = answer;
      return { status, headers, body: bytes, code: answer.ok ? "" : errorCode(bytes) };
    } catch (error) {
      if (!silence.signal.aborted) throw error;
      throw new Error(`no answer within ${Math.ceil(patience)} s`);
    } finally {
      clearTimeout(timer);
    }
  };

  const send = async (request: S3Request): Promise<S3Answer> => {
    const place = `s3://${bucket}/${request.key ?? ""}`;
    let failure = "";
    for (let tried = 0; tried < tries; tried += 1) {
      if (tried > 0) await sleep(2 ** (tried - 1) / 4);
      try {
        const answer = await attempt(request);
        if (answer.status < 300) return answer;
        const absent = answer.status === 404 && answer.code !== "NoSuchBucket";
        if (absent && request.key !== null) return answer;
        if (!BUSY.test(`${answer.status}`)) {
          // A refused HEAD does not say why, for it has no body.
          if (request.method === "HEAD") return await send({ ...request, method: "GET" });
          throw refused(place, answer, options);
        }
        failure = `it is busy (${answer.status}${answer.code && ` ${answer.code}`})`;
      } catch (error) {
        if (error instanceof Fault) throw error;
        failure = reason(error as Error);
      }
    }
    throw new Fault(
      place,
      `${base} did not serve it in ${tries} tries: ${failure}`,
      "Check the endpoint and the network, then try again",
    );
  };
  return send;
}

const HASH_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const BUSY = /^(408|429|5..)$/;

function refused(place: string, { status, code }: S3Answer, options: S3Options): Fault {
  const said = `S3 refused it: ${status}${code && ` ${code}`}`;
  if (code === "NoSuchBucket") {
    return new Fault(
      place,
      "there is no such bucket",
      `Create ${options.bucket}, or mend its name`,
    );
  }
  if (code === "RequestTimeTooSkewed") return new Fault(place, said, "Set this machine's clock");
  if (/^30[178]$/.test(`${status}`) || code === "AuthorizationHeaderMalformed") {
    return new Fault(place, said, `Give the bucket's own region in place of ${options.region}`);
  }
  if (status === 403 || status === 401) {
    const rights = "s3:GetObject, s3:PutObject and s3:ListBucket";
    return new Fault(
      place,
      said,
      `Check the access key ${options.accessKeyId}: it needs ${rights}`,
    );
  }
  return new Fault(place, said, "Check the endpoint, the bucket and the prefix");
}

function reason(error: Error): string {
  const { cause } = error;
  const detail =
    cause instanceof Error ? (cause as NodeJS.ErrnoException).code || cause.message : "";
  return detail === "" ? error.message : `${error.message} (${detail})`;
}

function errorCode(body: Uint8Array): string {
  return /<Code>([\w.]*)<\/Code>/.exec(Buffer.from(body).toString("utf8"))?.[1] ?? "";
}

function encode(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

function wait(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
