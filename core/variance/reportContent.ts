import Big from 'big.js';

import type {
	CarriedFinding,
	CarriedOver,
	CountAndMoney,
	Finding,
	SettledFinding,
	VarianceClass,
	VarianceSummary,
} from './finding';
import type { Alert } from './alerts';
import { openOf, Tally } from './history';
import type { ReportLanguage } from './words';

/** What a report is made of, beside its findings. */
export interface ReportFrame {
	summary: VarianceSummary;
	language: ReportLanguage;
	/** money at stake from which the state is an alert */
	alertAbove?: string;
	/** further limits, those that were crossed */
	alerts?: Alert[];
	/** left out when the comparison remembers nothing */
	carried?: CarriedOver;
}

/** `open` when nothing is known of the reports before. */
export const sections = ['open', 'new', 'stillOpen', 'settled', 'accepted', 'pending'] as const;
export type SectionName = (typeof sections)[number];

/** A finding as the report tells it, with or without what was before. */
export type ReportedFinding = Finding & Partial<CarriedFinding>;

export interface Section extends CountAndMoney {
	/** those that the report lists, the most money first */
	listed: Array<ReportedFinding | SettledFinding>;
}

/** Ages in days by which findings are grouped: up to 7, up to 30, up to 90, and more. */
const ageLimits = [7, 30, 90];

export interface Group extends CountAndMoney {
	name: string;
}

export interface ReportContent extends ReportFrame {
	/** what is neither accepted nor pending */
	open: CountAndMoney;
	isAlert: boolean;
	sections: Record<SectionName, Section>;
	/** what is open, grouped; a group is empty when no side has the column for it */
	groups: {
		classes: Array<CountAndMoney & { name: VarianceClass }>;
		/** fiscal periods, or months without a calendar, in order of time */
		periods: Group[];
		/** `name` is the index of the age group: those of `ageLimits`, then what is older */
		ages: Group[];
		/** the ten with the most money at stake */
		partners: Group[];
	};
	/** what the workbook's sheets have */
	sheets: { differences: ReportedFinding[]; settled: SettledFinding[]; accepted: ReportedFinding[] };
}

/** Findings of a section that the report lists. Those that are open share the limit when nothing is known of the reports before. */
export const listedInSection = 100;
/** Rows of a sheet, each of some thirty cells: Excel takes 1,048,576, but they are all in memory while the workbook is written. */
export const rowsInSheet = 20_000;

/** Takes all findings of a comparison in, piece by piece, and keeps what its report and workbook need. */
export class ReportCollection {
	private readonly tallies = new Map<SectionName, Tally>(sections.map((name) => [name, new Tally()]));
	private readonly listed = new Map<SectionName, Section['listed']>(sections.map((name) => [name, []]));
	private readonly classes = new Map<string, Tally>();
	private readonly periods = new Map<string, Tally>();
	private readonly ages = new Map<string, Tally>();
	private readonly partners = new Map<string, Tally>();
	private readonly sheets: ReportContent['sheets'] = { differences: [], settled: [], accepted: [] };

	constructor(private readonly frame: ReportFrame) {}

	add(findings: ReportedFinding[]): void {
		for (const finding of findings) {
			const section = finding.state ?? (finding.pending ? 'pending' : 'open');
			this.put(section, finding);
			const { accepted, differences } = this.sheets;
			const sheet = section === 'accepted' ? accepted : differences;
			if (sheet.length < rowsInSheet) sheet.push(finding);
			if (section === 'accepted' || section === 'pending') continue;
			count(this.classes, finding.class, finding);
			count(this.periods, periodOf(finding), finding);
			count(this.ages, ageGroupOf(finding), finding);
			count(this.partners, finding.partner, finding);
		}
	}

	addSettled(findings: SettledFinding[]): void {
		for (const finding of findings) {
			this.put('settled', finding);
			if (this.sheets.settled.length < rowsInSheet) this.sheets.settled.push(finding);
		}
	}

	content(): ReportContent {
		const { summary, alertAbove, alerts = [], carried } = this.frame;
		const open = openOf(summary, carried);
		const byMoney = (a: CountAndMoney, b: CountAndMoney) => new Big(b.atStake).cmp(a.atStake);
		const byName = (a: Group, b: Group) => (a.name < b.name ? -1 : 1);
		return {
			...this.frame,
			open,
			isAlert: isAbove(open, alertAbove) || alerts.length > 0,
			sections: Object.fromEntries(
				sections.map((name) => [
					name,
					{
						...(this.tallies.get(name) ?? new Tally()).total,
						listed: this.listed.get(name) ?? [],
					},
				]),
			) as ReportContent['sections'],
			groups: {
				classes: groupsOf(this.classes).sort(byMoney) as ReportContent['groups']['classes'],
				periods: groupsOf(this.periods).sort(byName),
				ages: groupsOf(this.ages).sort(byName),
				partners: groupsOf(this.partners).sort(byMoney).slice(0, 10),
			},
			sheets: this.sheets,
		};
	}

	private put(section: SectionName, finding: ReportedFinding | SettledFinding): void {
		this.tallies.get(section)?.add(finding);
		const listed = this.listed.get(section);
		const limit = section === 'open' ? 2 * listedInSection : listedInSection;
		if (listed !== undefined && listed.length < limit) listed.push(finding);
	}
}

/** Whether what is open exceeds the limit. Nothing exceeds no limit. */
export function isAbove(open: CountAndMoney, alertAbove: string | undefined): boolean {
	return alertAbove !== undefined && alertAbove !== '' && new Big(open.atStake).gt(alertAbove);
}

function count(groups: Map<string, Tally>, name: string | undefined, finding: ReportedFinding): void {
	if (name === undefined || name === '') return;
	const tally = groups.get(name) ?? new Tally();
	groups.set(name, tally);
	tally.add(finding);
}

function groupsOf(tallies: Map<string, Tally>): Group[] {
	return [...tallies].map(([name, tally]) => ({ name, ...tally.total }));
}

/** The fiscal period of the last date, or its month. */
function periodOf({ periods, sides }: ReportedFinding): string | undefined {
	if (periods !== undefined) return periods.last;
	const days = Object.values(sides).flatMap(({ lastDate }) => (lastDate === undefined ? [] : [lastDate]));
	return days.sort().at(-1)?.slice(0, 7);
}

function ageGroupOf({ age }: ReportedFinding): string | undefined {
	if (age === undefined) return undefined;
	const group = ageLimits.findIndex((limit) => age <= limit);
	return String(group === -1 ? ageLimits.length : group);
}
