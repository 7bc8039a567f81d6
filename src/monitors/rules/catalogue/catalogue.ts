import type { Rule } from "../rule.ts";
import { EXIT } from "./exit.ts";
import { FOREIGN_CODE } from "./foreign-code.ts";
import { GRADERS } from "./graders.ts";
import { HARM } from "./harm.ts";
import { INSPECTION } from "./inspection.ts";
import { OVERSIGHT } from "./oversight.ts";
import { RUNNERS } from "./runners.ts";
import { RUNTIME } from "./runtime.ts";
import { SHORTCUTS } from "./shortcuts.ts";
import { TEST_SETTINGS } from "./test-settings.ts";
import { TESTS_AND_GRADERS } from "./tests-and-graders.ts";
import { TRACES } from "./traces.ts";
import { VISIBLE_TESTS } from "./visible-tests.ts";

/** Every rule, family by family. */
export const CATALOGUE: readonly Rule[] = [
  ...EXIT,
  ...TEST_SETTINGS,
  ...RUNTIME,
  ...INSPECTION,
  ...TESTS_AND_GRADERS,
  ...GRADERS,
  ...OVERSIGHT,
  ...HARM,
  ...FOREIGN_CODE,
  ...VISIBLE_TESTS,
  ...RUNNERS,
  ...SHORTCUTS,
  ...TRACES,
];
