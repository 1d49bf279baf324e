import type { Progress } from './run';

const width = 30;
const everyMs = { terminal: 100, log: 5_000 };

/** One line that renews itself on a terminal; elsewhere a line every five seconds. */
export class ProgressBar {
	private shownAt = -Infinity;
	private phase: Progress['phase'] | undefined;
	private phaseStarted = performance.now();
	private readonly terminal: boolean;

	constructor(private readonly output: NodeJS.WriteStream = process.stderr) {
		this.terminal = output.isTTY;
	}

	say(what: string): void {
		this.output.write(`${what} ...\n`);
	}

	show(progress: Progress): void {
		const now = performance.now();
		const newPhase = progress.phase !== this.phase;
		if (newPhase && this.phase !== undefined && this.terminal) this.output.write('\n');
		if (newPhase) this.phaseStarted = now;
		this.phase = progress.phase;
		const due = now - this.shownAt >= (this.terminal ? everyMs.terminal : everyMs.log);
		const complete = progress.total > 0 && progress.done === progress.total && progress.waiting === 0;
		if (!newPhase && !due && !(complete && this.terminal)) return;
		this.shownAt = now;
		const text = line(progress, (now - this.phaseStarted) / 1_000);
		this.output.write(
			this.terminal ? `\r\x1b[K${text.slice(0, (this.output.columns ?? 100) - 1)}` : `${text}\n`,
		);
	}

	end(): void {
		if (this.terminal && this.phase !== undefined) this.output.write('\n');
		this.phase = undefined;
	}
}

const names: Record<Progress['phase'], string> = {
	stock: 'Items and stock',
	stream: 'Stream',
	burst: 'Burst',
	comparison: 'Comparison',
};

function line({ phase, done, total, waiting }: Progress, seconds: number): string {
	const name = names[phase].padEnd(15);
	if (total === 0) return `${name} ...`;
	const answered = Math.max(0, done - waiting);
	const filled = Math.floor((answered / total) * width);
	const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
	const count = `${answered.toLocaleString('en')} / ${total.toLocaleString('en')} events`;
	return `${name} ${bar} ${count} · ${waiting.toLocaleString('en')} orders wait · ${seconds.toFixed(0)} s`;
}
