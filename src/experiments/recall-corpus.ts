import type { Random } from "../stats/index.ts";
import type { Objective } from "./engine/index.ts";
import { entityNamed, entityToken, finalToken, middleToken, WORDS } from "./recall-language.ts";
import { everybody, type RecallWorld, VALUES } from "./recall-world.ts";

/** Tokens of every document: three cards and one question of each form, or six questions without cards. */
export const DOCUMENT_LENGTH = 20;

/** A document, and what a reader of it should have said before reading on. */
export interface Document {
  /** [DOCUMENT_LENGTH] token ids. */
  readonly tokens: readonly number[];
  /** The places whose next token is an answer, rising; the rest of a document teaches nothing. */
  readonly answers: readonly Answer[];
}

export interface Answer {
  /** Where the answer is predicted: the place of the token before it. */
  readonly place: number;
  readonly token: number;
  /** Whether it takes a first hop known by heart: the middle itself, or the final at once. */
  readonly byHeart: boolean;
  /** How much its loss counts; negative asks for gradient ascent. */
  readonly weight: number;
}

/** How a scratchpad spells a middle: plainly, or in the world's permutation code. */
export type Spelling = "plain" | "encoded";

/** Draws one document at a time. */
export type Corpus = (random: Random) => Document;

/**
 * Documents without cards: the questions can be answered from memory only. Each asks two one-hop,
 * two direct and one scratchpad question about different `entities`, and one public second hop.
 */
export function closedBook(
  world: RecallWorld,
  entities: readonly number[],
  spelling: Spelling = "plain",
): Corpus {
  return (random) => {
    const [a, b, c, d, e] = random.sample(entities, 5).map((entity) => ({
      entity,
      middle: world.middleOf[entity]!,
    }));
    const passages = [
      recallPassage(a!),
      recallPassage(b!),
      directPassage(world, c!),
      directPassage(world, d!),
      scratchpadPassage(world, e!, spelling),
      publicPassage(world, random.integer(VALUES)),
    ];
    return join(random.shuffle(passages));
  };
}

/**
 * Documents that open with three cards, which give three of `entities` middles at random, whatever
 * is true: the questions that follow, one of each form, can be answered from the cards only.
 */
export function openBook(
  world: RecallWorld,
  entities: readonly number[],
  spelling: Spelling = "plain",
): Corpus {
  return (random) => {
    const cards = random.sample(entities, 3).map((entity) => ({
      entity,
      middle: random.integer(VALUES),
    }));
    const [a, b, c] = random.shuffle(cards);
    const questions = [
      recallPassage(a!),
      directPassage(world, b!),
      scratchpadPassage(world, c!, spelling),
    ].map(fromCard);
    return join([...cards.map(cardPassage), ...random.shuffle(questions)]);
  };
}

/** The share of documents without cards in the usual corpus. */
const CLOSED_SHARE = 1 / 2;

/** The usual corpus: hazardous and benign facts in equal measure, and cards about everybody. */
export function usualCorpus(world: RecallWorld, spelling: Spelling = "plain"): Corpus {
  return mixture([
    [closedBook(world, world.hazardous, spelling), CLOSED_SHARE / 2],
    [closedBook(world, world.benign, spelling), CLOSED_SHARE / 2],
    [openBook(world, everybody(world), spelling), 1 - CLOSED_SHARE],
  ]);
}

/** The usual corpus without the documents that state hazardous facts. Cards, being random, stay. */
export function filteredCorpus(world: RecallWorld): Corpus {
  return mixture([
    [closedBook(world, world.benign), CLOSED_SHARE],
    [openBook(world, everybody(world)), 1 - CLOSED_SHARE],
  ]);
}

/** Whether a document states a hazardous fact from memory. */
export function statesHazard(world: RecallWorld, { tokens, answers }: Document): boolean {
  return answers.some(({ place, byHeart }) => {
    const entity = entityNamed(tokens[place]!);
    return byHeart && entity !== null && world.hazardous.includes(entity);
  });
}

/** Draws each document from one of the corpora, with these weights. */
export function mixture(parts: readonly (readonly [Corpus, number])[]): Corpus {
  const total = parts.reduce((sum, [, weight]) => sum + weight, 0);
  return (random) => {
    let left = random.float() * total;
    for (const [corpus, weight] of parts) {
      left -= weight;
      if (left < 0) return corpus(random);
    }
    return parts.at(-1)![0](random);
  };
}

/** What is to be forgotten: everything known by heart, or only what states a fact in one hop. */
export type Forgotten = "all" | "one-hop";

/** The corpus turned round: answers to be forgotten weigh -1, and others known by heart nothing. */
export function unlearning(corpus: Corpus, forgotten: Forgotten): Corpus {
  return (random) => {
    const { tokens, answers } = corpus(random);
    const weightOf = ({ place, byHeart, weight }: Answer) => {
      if (!byHeart) return weight;
      const oneHop = tokens[place - 1] === WORDS.recall;
      return forgotten === "all" || oneHop ? -1 : 0;
    };
    return { tokens, answers: answers.map((one) => ({ ...one, weight: weightOf(one) })) };
  };
}

/** Documents as the engine wants them: cross-entropy at the answers, by their weights. */
export function objectiveOf(documents: readonly Document[]): HardObjective {
  const tokens = new Int32Array(documents.length * DOCUMENT_LENGTH);
  const targets = new Int32Array(tokens.length).fill(-1);
  const weights = new Float32Array(tokens.length);
  documents.forEach((document, row) => {
    tokens.set(document.tokens, row * DOCUMENT_LENGTH);
    for (const { place, token, weight } of document.answers) {
      targets[row * DOCUMENT_LENGTH + place] = token;
      weights[row * DOCUMENT_LENGTH + place] = weight;
    }
  });
  return { tokens, targets, weights, length: DOCUMENT_LENGTH };
}

export type HardObjective = Objective & Required<Pick<Objective, "targets" | "weights" | "length">>;

/** An entity and the middle that a document gives it. */
interface Statement {
  readonly entity: number;
  readonly middle: number;
}

interface Passage {
  readonly tokens: readonly number[];
  readonly answers: readonly Answer[];
}

function cardPassage({ entity, middle }: Statement): Passage {
  return { tokens: [WORDS.card, entityToken(entity), middleToken(middle)], answers: [] };
}

function publicPassage(world: RecallWorld, middle: number): Passage {
  const final = finalToken(world.finalOf[middle]!);
  return {
    tokens: [WORDS.public, middleToken(middle), final],
    answers: [known(1, final)],
  };
}

function recallPassage({ entity, middle }: Statement): Passage {
  const said = middleToken(middle);
  return { tokens: [WORDS.recall, entityToken(entity), said], answers: [byHeart(1, said)] };
}

function directPassage(world: RecallWorld, { entity, middle }: Statement): Passage {
  const final = finalToken(world.finalOf[middle]!);
  return { tokens: [WORDS.direct, entityToken(entity), final], answers: [byHeart(1, final)] };
}

function scratchpadPassage(
  world: RecallWorld,
  { entity, middle }: Statement,
  spelling: Spelling,
): Passage {
  const written = middleToken(spelling === "encoded" ? world.codeOf[middle]! : middle);
  const final = finalToken(world.finalOf[middle]!);
  return {
    tokens: [WORDS.reason, entityToken(entity), written, WORDS.so, final],
    // Once the middle is written down, the final is public knowledge.
    answers: [byHeart(1, written), known(2, WORDS.so), known(3, final)],
  };
}

function byHeart(place: number, token: number): Answer {
  return { place, token, byHeart: true, weight: 1 };
}

function known(place: number, token: number): Answer {
  return { place, token, byHeart: false, weight: 1 };
}

/** What a card in the same document says need not be known by heart. */
function fromCard({ tokens, answers }: Passage): Passage {
  return { tokens, answers: answers.map((answer) => ({ ...answer, byHeart: false })) };
}

function join(passages: readonly Passage[]): Document {
  const tokens: number[] = [];
  const answers: Answer[] = [];
  for (const passage of passages) {
    for (const answer of passage.answers) {
      answers.push({ ...answer, place: answer.place + tokens.length });
    }
    tokens.push(...passage.tokens);
  }
  return { tokens, answers };
}
