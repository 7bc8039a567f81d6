import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type { LanguageModel } from "./language-model.ts";
import type { ModelReference } from "./reference.ts";
import { type SdkModel, sdkModel } from "./sdk-model.ts";

/** The model of a provider, through the provider's SDK; see `openModel` for the parameters. */
export function providedModel(
  id: string,
  reference: ModelReference,
  key: string | undefined,
  fetch: typeof globalThis.fetch,
  structured: "schema" | "json",
): LanguageModel {
  const provider = reference.provider === "anthropic" ? anthropic : openAiCompatible;
  return sdkModel(id, provider(reference, key, fetch, structured), key);
}

function anthropic(
  { baseUrl, name }: ModelReference,
  key: string | undefined,
  fetch: typeof globalThis.fetch,
): SdkModel {
  // The SDK reads address and key from the environment where they are missing: give both.
  return createAnthropic({ baseURL: baseUrl, apiKey: key ?? "none", fetch })(name);
}

function openAiCompatible(
  { baseUrl, name }: ModelReference,
  key: string | undefined,
  fetch: typeof globalThis.fetch,
  structured: "schema" | "json",
): SdkModel {
  return createOpenAICompatible({
    name: "openaiCompatible",
    baseURL: baseUrl,
    ...(key !== undefined && { apiKey: key }),
    fetch,
    supportsStructuredOutputs: structured === "schema",
    transformRequestBody: joinedTexts,
  })(name);
}

/** Many servers take a message's text as a string only; their caches need no parts. */
function joinedTexts(body: Record<string, unknown>): Record<string, unknown> {
  const messages = body.messages as readonly { readonly content: unknown }[];
  return {
    ...body,
    messages: messages.map((message) =>
      Array.isArray(message.content)
        ? { ...message, content: message.content.map(({ text }) => text as string).join("") }
        : message,
    ),
  };
}
