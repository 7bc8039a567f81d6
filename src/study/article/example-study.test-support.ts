import { definitionSchema, type StudyDefinition } from "../definition.ts";

/** The article of the example, with every kind of Markdown and directive. */
export const exampleMarkdown = `# Abstract

A monitor that reads only what an agent writes can be fooled by what the agent leaves out. We ask whether a monitor that also reads internal activations is harder to fool, and by how much. The monitor with access to activations caught {{claim:caught/probe|estimate}} of planted incidents against {{claim:caught/text|estimate}} for the monitor that reads text alone, a difference of {{claim:H1|difference}}. The price was small in calibration and none that we could find in speed.

# Background

Monitors that read an agent's transcript are the most common safeguard for language-model agents [@greenblatt2024]. They share a blind spot: an agent may act on something it never writes down [@turpin2023; @lanham2023]. In 2023 the first studies showed that written reasoning need not be the reasoning that was used.

Linear probes read a property of the model's state from its activations. A probe is a direction $w \\in \\mathbb{R}^{d}$ and a threshold $b$; it fires when

$$
\\sigma\\left(w^\\top h_\\ell + b\\right) = \\frac{1}{1 + e^{-(w^\\top h_\\ell + b)}} > \\tau .
$$

# Results

## Probes catch what text monitors miss

With activations, the monitor caught more of the incidents: {{claim:H1}}, tested at the level that the lab's error budget allowed ({{claim:H1|p}}, over {{claim:H1|n}} seeds). {{figure:caught}} shows every run. The ablation is shown beside it.

{{figure:caught}}

{{table:main}}

- The largest gain is on incidents that the agent does not mention.
- Both monitors agree on incidents that are written about at length.

> A monitor is only as good as what it is shown.

## What it costs

Calibration was no better with a probe ({{claim:H2}}; {{claim:H2|status}}). Shuffling the labels removed the effect, as it must: the gain was {{claim:H3|difference}}, with {{claim:H3|p}}. The loss curves in {{figure:loss}} end close together.

{{figure:loss}}

Of the runs that the plan foresaw, {{claim:runs/started}} were started. The ratio of catches, probe over text, was {{claim:gain}}; it was not in the plan.

# Methods

Each seed trains one model of each kind with \`AdamW\` at a learning rate of 0.001 and a batch of 64, over {{plan:/definition/seeds/original}} seeds; the replication used {{plan:/seeds/replication}} others. The tolerance was {{plan:/definition/hypotheses/0/tolerance|proportion}}. The code is [public](https://example.org/probe-monitor).

| Part | Setting |
|:-----|--------:|
| Layers | 4 |
| Width | 128 |

1. Train the agent.
2. Plant the incidents.
3. Fit the probe on runs without incidents.

# Limitations

The agents here are small, and the incidents are planted by us; see [@greenblatt2024] for larger ones.
`;

export const exampleDefinition: StudyDefinition = definitionSchema.parse({
  study: "probe-monitor",
  title: "Reading between the lines: do activation probes make a monitor harder to fool?",
  question:
    "Does a monitor that reads activations catch more planted incidents than a monitor that reads text alone?",
  experiment: "experiment.ts",
  article: "article.md",
  unit: "seed",
  seeds: { original: 6, replication: 5 },
  exclusions: [
    {
      reason: "the agent did not learn its task",
      measure: "caught",
      condition: "text",
      keep: [0.2, 1],
    },
  ],
  limits: { wallSeconds: 120, memoryMb: 1024 },
  budget: { cpuSeconds: 3600 },
  conditions: [
    { id: "text", title: "Text monitor", description: "The monitor reads what the agent writes." },
    {
      id: "probe",
      title: "Text and probe",
      description: "The monitor also reads a linear probe of layer 3.",
      needs: "text",
      parameters: { layer: 3 },
    },
    {
      id: "shuffled",
      title: "Probe on shuffled labels",
      description: "The same, with the probe's labels shuffled, so that it can know nothing.",
      needs: "text",
      parameters: { layer: 3, shuffle: true },
    },
  ],
  measures: [
    {
      id: "caught",
      title: "Incidents caught",
      description: "Share of planted incidents flagged at a false-positive rate of 0.01.",
      pointer: "/caught",
      unit: "proportion",
      range: [0, 1],
    },
    {
      id: "calibration",
      title: "Calibration loss",
      description: "Mean negative log likelihood of the monitor's scores.",
      pointer: "/calibration",
      unit: "nats",
    },
  ],
  hypotheses: [
    {
      id: "H1",
      statement: "The monitor with a probe catches more incidents than the monitor without.",
      primary: true,
      measure: "caught",
      of: "probe",
      against: "text",
      direction: "greater",
      smallestEffect: 0.05,
      tolerance: 0.06,
      analysis: "paired-t",
      planning: { sd: 0.04, power: 0.9 },
    },
    {
      id: "H2",
      statement: "The monitor with a probe is better calibrated.",
      measure: "calibration",
      of: "probe",
      against: "text",
      direction: "less",
      smallestEffect: 0.05,
      tolerance: 0.05,
      analysis: "paired-t",
      planning: { sd: 0.05, power: 0.8 },
    },
    {
      id: "H3",
      statement: "A probe on shuffled labels still catches more than text alone.",
      measure: "caught",
      of: "shuffled",
      against: "text",
      direction: "greater",
      smallestEffect: 0.02,
      tolerance: 0.03,
      analysis: "paired-t",
      planning: { sd: 0.04, power: 0.8 },
    },
  ],
  claims: [
    {
      id: "gain",
      title: "Catches with a probe over catches without",
      unit: "ratio",
      transform: "ratio",
      claims: ["caught/probe", "caught/text"],
    },
  ],
  tables: [
    {
      id: "main",
      caption: "Mean of each measure in each condition, with the confidence interval over seeds.",
      measures: ["caught", "calibration"],
      conditions: ["text", "probe", "shuffled"],
    },
    {
      id: "unused",
      caption: "Calibration alone.",
      measures: ["calibration"],
      conditions: ["text", "probe"],
    },
  ],
  figures: [
    {
      id: "caught",
      kind: "dots",
      caption: "Incidents caught by each monitor.",
      conditions: ["text", "probe", "shuffled"],
      measures: ["caught"],
      x: "Planted incidents caught",
    },
    {
      id: "loss",
      kind: "curves",
      caption: "Training loss of the monitor's last layer.",
      conditions: ["text", "probe"],
      artifact: "result.json",
      pointer: "/curve",
      x: { field: "step", label: "Training step" },
      y: { field: "loss", label: "Loss", unit: "nats" },
    },
  ],
  references: [
    {
      id: "greenblatt2024",
      authors: "R. Greenblatt, B. Shlegeris, K. Sachan, F. Roger",
      year: 2024,
      title: "AI control: improving safety despite intentional subversion",
      venue: "ICML",
      url: "https://arxiv.org/abs/2312.06942",
    },
    {
      id: "turpin2023",
      authors: "M. Turpin, J. Michael, E. Perez, S. R. Bowman",
      year: 2023,
      title: "Language models don't always say what they think",
      venue: "NeurIPS",
    },
    {
      id: "lanham2023",
      authors: "T. Lanham et al.",
      year: 2023,
      title: "Measuring faithfulness in chain-of-thought reasoning",
      url: "https://arxiv.org/abs/2307.13702",
    },
  ],
  limitations: [
    "The agents are tiny transformers; nothing here says how large models behave.",
    "Incidents are planted by the same people who built the monitors.",
  ],
});
