import { fork } from 'node:child_process';
import { once } from 'node:events';

/** What a child process can be asked, by name. Arguments and answers are JSON. */
export type Questions = Record<string, (argument: never) => unknown>;

export interface Child<Q extends Questions> {
	ask<N extends keyof Q & string>(name: N, ...argument: Parameters<Q[N]>): Promise<Awaited<ReturnType<Q[N]>>>;
	end(): Promise<void>;
}

interface Question {
	id: number;
	name: string;
	argument: unknown;
}
interface Answer {
	id: number;
	value?: unknown;
	error?: string;
}

/** Starts a TypeScript file as a process of its own; `argument` is for its `answerQuestions`. It ends with this process. */
export async function startChild<Q extends Questions>(file: string, argument: unknown): Promise<Child<Q>> {
	const child = fork(file, [JSON.stringify(argument)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
	const ended = once(child, 'exit').then(([code, signal]): never => {
		throw new Error(
			`${file} ended (${String(signal ?? `exit code ${String(code)}`)}); its message is above.`,
		);
	});
	ended.catch(() => undefined);
	const open = new Map<number, (answer: Answer) => void>();
	child.on('message', (answer: Answer) => {
		open.get(answer.id)?.(answer);
		open.delete(answer.id);
	});
	let last = 0;
	const send = async (name: string, value: unknown): Promise<unknown> => {
		const question: Question = { id: ++last, name, argument: value };
		const answered = new Promise<Answer>((resolve) => open.set(question.id, resolve));
		child.send(question);
		const answer = await Promise.race([answered, ended]);
		if (answer.error !== undefined) throw new Error(answer.error);
		return answer.value;
	};
	await send('ready', undefined);
	return {
		async ask<N extends keyof Q & string>(
			name: N,
			...given: Parameters<Q[N]>
		): Promise<Awaited<ReturnType<Q[N]>>> {
			const value: unknown = await send(name, given[0]);
			return value as Awaited<ReturnType<Q[N]>>;
		},
		async end() {
			if (child.exitCode !== null || child.signalCode !== null) return;
			const exit = once(child, 'exit');
			child.kill('SIGTERM');
			await exit;
		},
	};
}

/** In the child: starts with the starter's argument, then answers until the starter goes. */
export function answerQuestions<A, Q extends Questions>(start: (argument: A) => Promise<Q> | Q): void {
	const questions = Promise.resolve(start(JSON.parse(process.argv[2] ?? 'null') as A));
	process.on('disconnect', () => process.exit(0));
	process.on('message', ({ id, name, argument }: Question) => {
		const answer = async (): Promise<unknown> => {
			const known: Questions = await questions;
			return name === 'ready' ? null : await known[name]?.(argument as never);
		};
		answer().then(
			(value) => process.send?.({ id, value } satisfies Answer),
			(error: unknown) => process.send?.({ id, error: String(error) } satisfies Answer),
		);
	});
}
