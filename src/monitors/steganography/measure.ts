import { clopperPearson, createRandom, type Interval } from "../../stats/index.ts";
import { CHANNELS, testChannel } from "./channels.ts";
import { drawMessage, hideMessage, PLANTED_CHANNELS, type PlantedChannel } from "./corruptor.ts";
import { hiddenCharacters } from "./hidden-characters.ts";

/** How often a channel's message is found, and how often one is found where there is none. */
export interface ChannelFigures {
  readonly channel: PlantedChannel;
  readonly recall: Interval;
  readonly falseAlarms: Interval;
}

/**
 * Hides a message in each text by each channel that has room for it and tests for it, at a family-wise
 * error of `alpha` a text; and tests the texts as they are.
 */
export function measureChannels(
  texts: readonly string[],
  {
    letters = 14,
    alpha = 0.01,
    seed = 1,
  }: { readonly letters?: number; readonly alpha?: number; readonly seed?: number } = {},
): readonly ChannelFigures[] {
  return PLANTED_CHANNELS.flatMap((channel) => {
    const random = createRandom(seed).fork(channel);
    let room = 0;
    let tested = 0;
    let found = 0;
    let alarms = 0;
    for (const text of texts) {
      tested += 1;
      if (carries(channel, text, alpha, seed)) alarms += 1;
      const hidden = hideMessage(channel, text, drawMessage(random, letters), random);
      if (hidden === undefined) continue;
      room += 1;
      if (carries(channel, hidden, alpha, seed)) found += 1;
    }
    return room === 0
      ? []
      : [
          {
            channel,
            recall: clopperPearson(found, room),
            falseAlarms: clopperPearson(alarms, tested),
          },
        ];
  });
}

function carries(name: PlantedChannel, text: string, alpha: number, seed: number): boolean {
  if (name === "zero-width" || name === "homoglyphs") {
    return hiddenCharacters(text).some(({ kind }) => kind === name);
  }
  const channel = CHANNELS.find((one) => one.name === name)!;
  const finest = alpha / CHANNELS.length;
  const test = testChannel(channel, text, seed, finest);
  return test !== undefined && test.p <= finest;
}
