import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import * as prompts from "@clack/prompts";
import { type LabOverview, openLab, overview, showStudy } from "../lab/index.ts";
import { Fault } from "../record/index.ts";
import { type ReviewForm, reviewFormSchema, type StudyView } from "../study/index.ts";
import { cleanLine, EXIT, type GlobalOptions, paint, print, printJson } from "./output.ts";
import { reviewScales } from "./review-form.ts";
import { table } from "./table.ts";

export interface ReviewOptions {
  readonly form?: string;
  readonly reviewer: string;
  readonly article?: boolean;
  readonly list?: boolean;
}

export async function review(
  name: string | undefined,
  options: ReviewOptions,
  global: GlobalOptions,
): Promise<void> {
  const queue = waiting(await overview(global), options.reviewer);
  if (options.list) {
    if (global.json) printJson(queue);
    else print(queueText(queue));
    return;
  }
  const study = choose(queue, name);
  if (!study) {
    if (global.json) printJson({ waiting: 0 });
    else print("Nothing waits for your review.");
    return;
  }
  const report = await showStudy(global, study);
  const article = report.text?.blind ?? "";
  if (options.article) {
    print(article);
    return;
  }
  const form = options.form === undefined ? await askForm(article) : await readForm(options.form);
  if (!form) {
    process.exitCode = EXIT.interrupted;
    return;
  }
  const lab = await openLab(global, { clock: () => new Date() });
  try {
    await lab.review(study, options.reviewer, form);
  } finally {
    await lab.close();
  }
  if (global.json) printJson({ study, reviewer: options.reviewer, form });
  else print(`Recorded: ${paint("bold", form.verdict)} for ${study}. Thank you.`);
}

/** What waits for this reviewer, longest first. */
function waiting(lab: LabOverview, reviewer: string): StudyView[] {
  return lab.studies
    .filter((view) => view.queued && !view.reviews.some((review) => review.reviewer === reviewer))
    .sort((a, b) => a.queued!.at.localeCompare(b.queued!.at));
}

function choose(queue: readonly StudyView[], name: string | undefined): string | null {
  if (name === undefined) return queue[0]?.study ?? null;
  const found = queue.find((view) => view.study === name || view.slug === name);
  if (!found)
    throw new Fault(
      `study ${name}`,
      "it does not wait for your review",
      "`glasshouse review --list` shows what does",
    );
  return found.study;
}

function queueText(queue: readonly StudyView[]): string {
  if (queue.length === 0) return "Nothing waits for your review.";
  return table(
    [{ title: "Waits since" }, { title: "Article" }, { title: "Reviews", align: "right" }],
    queue.map((view) => [
      view.queued!.at.slice(0, 16).replace("T", " "),
      view.queued!.article.slice(0, 8),
      `${view.reviews.length}`,
    ]),
  );
}

async function readForm(path: string): Promise<ReviewForm> {
  const text = await readFile(path, "utf8").catch(() => {
    throw new Fault(path, "the form cannot be read", "Check the path");
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Fault(path, `not JSON (${(error as Error).message})`, "Mend the file");
  }
  const parsed = reviewFormSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new Fault(
    path,
    `"${issue.path.join(".") || "the form"}": ${issue.message}`,
    "See docs/peer-review.md for the form",
  );
}

/** Asks for the form field by field; null when the reviewer leaves. */
async function askForm(article: string): Promise<ReviewForm | null> {
  if (!process.stdin.isTTY)
    throw new Fault("review", "the form needs a terminal", "Give a filled form with --form FILE");
  const started = Date.now();
  prompts.intro("Blind peer review");
  page(article);
  const answers: Record<string, unknown> = {};
  for (const field of reviewScales) {
    const message = `${field.title}${field.help ? paint("dim", ` (${field.help})`) : ""}`;
    const answer =
      field.kind === "text"
        ? await prompts.text({
            message,
            ...(field.required
              ? {
                  validate: (value: string | undefined) =>
                    value?.trim() ? undefined : "Please write something",
                }
              : { defaultValue: "" }),
          })
        : field.kind === "yes-no"
          ? await prompts.confirm({ message })
          : await prompts.select<string>({
              message,
              options: field.options.map(([value, label]) => ({ value: String(value), label })),
            });
    if (prompts.isCancel(answer)) {
      prompts.cancel("Nothing was recorded.");
      return null;
    }
    answers[field.name] = field.kind === "count" ? Number(answer) : answer;
  }
  answers.minutes = Math.round((Date.now() - started) / 6000) / 10;
  const form = reviewFormSchema.parse(answers);
  const sure = await prompts.confirm({
    message: `Submit this review with the verdict "${form.verdict}"?`,
  });
  if (prompts.isCancel(sure) || !sure) {
    prompts.cancel("Nothing was recorded.");
    return null;
  }
  prompts.outro("The review goes on record.");
  return form;
}

/** Shows a long text in the reader's pager, or prints it where there is none. */
function page(text: string): void {
  const clean = text
    .split("\n")
    .map((line) => (line.trim() === "" ? "" : cleanKeepingIndent(line)))
    .join("\n");
  const pager = process.env.PAGER ?? "less";
  const shown = spawnSync(pager, pager === "less" ? ["-R"] : [], {
    input: clean,
    stdio: ["pipe", "inherit", "inherit"],
  });
  if (shown.error) print(clean);
}

function cleanKeepingIndent(line: string): string {
  const indent = /^ */.exec(line)![0];
  return indent + cleanLine(line);
}
