import type { ArchiveFigures } from './archives.ts';
import type { KindFigures } from './kinds.ts';
import type { MalformedFigures } from './malformed.ts';

/** Everything that is measured about telling answers and kinds, as it is recorded. */
export interface Figures {
  /** Day of the measurement, `2026-12-01`. */
  readonly measuredOn: string;
  readonly node: string;
  readonly archives: readonly ArchiveFigures[];
  readonly kinds: KindFigures;
  readonly malformed: MalformedFigures;
  /** CPU of the header path as a part of that of postal-mime, both run side by side. */
  readonly speed: { readonly timesFaster: number; readonly words: string };
}

export interface FigureRow {
  readonly figure: string;
  readonly value: string;
  readonly goal: string;
  readonly reached: boolean;
}

/** Answers found, in per cent, that are asked for in each archive. */
const REPLIES_GOAL: Readonly<Record<string, number>> = { 'usrp-users': 94.9, openbmc: 96.9, 'linux-hyperv': 99.4 };
const DEFAULT_REPLIES_GOAL = 94.9;

/** One row for each figure, with the goal that it is held to. */
export function figureRows({ archives, kinds, malformed, speed }: Figures): FigureRow[] {
  const messages = archives.reduce((sum, archive) => sum + archive.messages, 0);
  const machines = archives.reduce((sum, archive) => sum + archive.calledMachine, 0);
  return [
    ...archives.flatMap(({ archive, repliesFound, suspect }) => [
      atLeast(
        `Replies found that quote a tracked mail, ${archive}`,
        repliesFound,
        REPLIES_GOAL[archive] ?? DEFAULT_REPLIES_GOAL,
        ' %',
      ),
      atMost(`Suspect matches, ${archive}`, suspect, 0.1, ' %'),
    ]),
    atMost(`Archive messages of ${messages} called automatic or a report`, machines, Math.floor(messages / 10_000), ''),
    atMost(
      `Replies of people of ${kinds.humanReplies} called automatic or a report`,
      kinds.humanRepliesCalledMachine,
      0,
      '',
    ),
    atLeast(`Bounces and delays of ${kinds.reports} recognised as delivery reports`, kinds.reportsFound, 98, ' %'),
    atLeast(
      'Real automatic replies recognised',
      kinds.automaticRepliesFound,
      kinds.automaticReplies,
      ` of ${kinds.automaticReplies}`,
    ),
    atLeast(
      'Automatic replies by documentation recognised',
      kinds.automaticTemplatesFound,
      kinds.automaticTemplates - 1,
      ` of ${kinds.automaticTemplates}`,
    ),
    atMost(`Ids lost of ${malformed.provenIds} in ${malformed.inputs} malformed blocks`, malformed.lostIds, 0, ''),
    atMost('Slowest malformed block', malformed.slowestMs, 50, ' ms'),
    atMost('Peak of memory over all malformed blocks', malformed.peakMb, 64, ' MB'),
    atLeast('Header path, times as fast as postal-mime', speed.timesFaster, 15, ''),
  ];
}

function atLeast(figure: string, value: number, goal: number, unit: string): FigureRow {
  return { figure, value: `${value}${unit}`, goal: `at least ${goal}${unit}`, reached: roundedAs(goal, value) >= goal };
}

function atMost(figure: string, value: number, goal: number, unit: string): FigureRow {
  return { figure, value: `${value}${unit}`, goal: `at most ${goal}${unit}`, reached: value <= goal };
}

/** A goal of 99.4 is reached by 99.36: it was measured to one place. */
function roundedAs(goal: number, value: number): number {
  return Number.isInteger(goal) ? value : Math.round(value * 10) / 10;
}
