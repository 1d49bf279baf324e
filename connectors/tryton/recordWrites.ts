import type { z } from 'zod/v4';

import { UnavailableError, ValidationError } from '../../core/ports/errors';
import type {
	Drafts,
	Entities,
	Outcome,
	UpdateRequest,
	WritableEntity,
} from '../../core/ports/systemConnector';
import { expectVersion } from './documentActions';
import { inTurn } from './match/turns';
import { outcomesOf } from './outcomes';
import { problemsOf } from './problems';
import type { Context, TrytonSession } from './session';

/** A record as Tryton has it: the row that is written to, and the marks of the versions of its rows. */
export interface PresentRecord {
	id: number;
	timestamps: Record<string, string>;
}

/** How records of one kind are read, made and changed. Every problem goes into `problems`, by the field's name. */
export interface WrittenKind<E extends WritableEntity, R extends PresentRecord> {
	entity: E;
	/** as people say it in Tryton */
	name: string;
	/** what is made and written */
	model: string;
	Draft: z.ZodObject & z.ZodType<Drafts[E]>;
	/** one record by its key; absent where there is none */
	read(key: string): Promise<R | undefined>;
	/** What a new one is made of. */
	newValues(draft: Drafts[E], problems: string[]): Promise<Context>;
	/** What is to be written so that the record reads as the changes say; nothing where it does already. */
	differences(changes: Partial<Drafts[E]>, present: R, problems: string[]): Promise<Context>;
}

/** What the making and changing of all records has in common. */
export abstract class RecordWrites<
	E extends WritableEntity,
	R extends PresentRecord,
	K extends WrittenKind<E, R> = WrittenKind<E, R>,
> {
	constructor(
		protected readonly session: TrytonSession,
		protected readonly kind: K,
	) {}

	protected abstract keyOf(record: Entities[E]): string;
	/** The canonical record, or the reason why it is none. */
	protected abstract expressed(present: R): Entities[E];
	/** The record with this key, or the reason why it cannot be had. */
	protected abstract existing(key: string): Promise<R>;

	async update(requests: Array<UpdateRequest<Drafts[E]>>): Promise<Array<Outcome<Entities[E]>>> {
		return await this.each(
			requests,
			({ key }) => key,
			async ({ key, changes, expectedVersion }) => await this.alter(key, changes, expectedVersion),
		);
	}

	protected async each<Q>(
		requests: Q[],
		request: (request: Q) => string,
		work: (request: Q) => Promise<Entities[E]>,
	): Promise<Array<Outcome<Entities[E]>>> {
		const record = (made: Entities[E]) => this.keyOf(made);
		return await outcomesOf(this.kind.entity, requests, { request, record }, work);
	}

	/** Makes what the draft says, or refuses it with every problem that it has. */
	protected async make(draft: Drafts[E], beside: Context = {}): Promise<void> {
		const problems: string[] = [];
		const values = await this.kind.newValues(draft, problems);
		this.refuseIf(problems);
		await this.session.create(this.kind.model, [{ ...values, ...beside }]);
	}

	protected async alter(
		key: string,
		given: Partial<Drafts[E]>,
		expectedVersion: string | undefined,
	): Promise<Entities[E]> {
		const changes = this.checked(given, true);
		const { session, kind } = this;
		return await inTurn(`${session.address} ${kind.model} ${key}`, async () => {
			const before = await this.existing(key);
			const record = this.expressed(before);
			expectVersion(session, kind, { ...record, key }, expectedVersion);
			const values = await this.differences(changes, before);
			if (Object.keys(values).length === 0) return record;
			this.expectChangeable(before);
			try {
				await session.call(`model.${kind.model}.write`, [[before.id], values], {
					_timestamp: before.timestamps,
				});
			} catch (error) {
				if (!(error instanceof UnavailableError) || !(await this.isDone(key, changes))) throw error;
			}
			return this.expressed(await this.existing(key));
		});
	}

	/** Refuses to change a record whose state does not allow it. */
	protected expectChangeable(_present: R): void {}

	protected async differences(changes: Partial<Drafts[E]>, present: R): Promise<Context> {
		const problems: string[] = [];
		const values = await this.kind.differences(changes, present, problems);
		this.refuseIf(problems);
		return values;
	}

	protected checked(given: Partial<Drafts[E]>, partial = false): Partial<Drafts[E]> {
		const { Draft } = this.kind;
		const parsed = (partial ? Draft.partial() : Draft).safeParse(given);
		if (!parsed.success) throw this.refusal([problemsOf(parsed.error).replace(/\.$/, '')]);
		this.refuseIf(dimensionProblems(parsed.data));
		return parsed.data as Partial<Drafts[E]>;
	}

	/** Whether the change went through although its answer did not come. */
	private async isDone(key: string, changes: Partial<Drafts[E]>): Promise<boolean> {
		try {
			return Object.keys(await this.differences(changes, await this.existing(key))).length === 0;
		} catch {
			return false;
		}
	}

	private refuseIf(problems: string[]): void {
		if (problems.length > 0) throw this.refusal(problems);
	}

	private refusal(problems: string[]): ValidationError {
		return new ValidationError(
			`${this.session.system} cannot take this ${this.kind.name}: ${problems.join('; ')}.`,
			this.session.about({ hint: 'Correct the record and send it again.' }),
		);
	}
}

/** Accounting dimensions are kept by Tryton's analytic accounts, which are not written here: they are refused rather than lost. */
function dimensionProblems(draft: { dimensions?: unknown; lines?: unknown }): string[] {
	const lines = Array.isArray(draft.lines) ? (draft.lines as Array<{ dimensions?: unknown }>) : [];
	const bearers: Array<[path: string, dimensions: unknown]> = [
		['dimensions', draft.dimensions],
		...lines.map((line, index): [string, unknown] => [`lines.${index}.dimensions`, line.dimensions]),
	];
	return bearers.flatMap(([path, dimensions]) =>
		Object.keys((dimensions ?? {}) as object).map(
			(name) => `${path}.${name}: accounting dimensions are not kept on Tryton's documents`,
		),
	);
}
