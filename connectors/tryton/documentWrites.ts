import { ConflictError } from '../../core/ports/errors';
import type {
	CreateRequest,
	Drafts,
	Entities,
	Outcome,
	UpsertRequest,
} from '../../core/ports/systemConnector';
import { existingDocument, titled } from './documentActions';
import { expressed, type ReadDocument } from './documentReading';
import { keyedDocument, madeOnce } from './madeOnce';
import { RecordWrites, type WrittenKind } from './recordWrites';

export type WrittenEntity = 'salesOrder' | 'purchaseOrder' | 'invoice';

export interface WrittenDocument<E extends WrittenEntity, R extends ReadDocument<Entities[E]>>
	extends WrittenKind<E, R> {
	/** Does what Tryton leaves undone when a document is made; whether there was anything to do. */
	settle?(made: R): Promise<boolean>;
}

/**
 * Makes and changes documents. The idempotency key stands in the document's reference, which is indexed and which people see;
 * the number that it has at its origin in its description, since Tryton numbers documents itself. What is not given
 * (addresses, payment term, taxes, price) is what Tryton's own form would fill in.
 */
export class DocumentWrites<
	E extends WrittenEntity,
	R extends ReadDocument<Entities[E]>,
> extends RecordWrites<E, R, WrittenDocument<E, R>> {
	async create(requests: Array<CreateRequest<Drafts[E]>>): Promise<Array<Outcome<Entities[E]>>> {
		return await this.each(
			requests,
			({ idempotencyKey }) => idempotencyKey,
			async ({ idempotencyKey, draft }) => await this.made(idempotencyKey, draft),
		);
	}

	async upsert(requests: Array<UpsertRequest<Drafts[E]>>): Promise<Array<Outcome<Entities[E]>>> {
		return await this.each(
			requests,
			({ idempotencyKey }) => idempotencyKey,
			async ({ idempotencyKey, draft, expectedVersion }) => {
				if (expectedVersion !== undefined) await this.expectThere(idempotencyKey);
				const { key } = await this.made(idempotencyKey, draft);
				return await this.alter(key, draft, expectedVersion);
			},
		);
	}

	protected keyOf({ key }: Entities[E]): string {
		return key;
	}

	protected expressed(present: R): Entities[E] {
		return expressed<Entities[E]>(present);
	}

	protected async existing(key: string): Promise<R> {
		return await existingDocument<Entities[E], R>(this.session, this.kind, key);
	}

	protected override expectChangeable(present: R): void {
		if (present.state === 'draft') return;
		const { name } = this.kind;
		const { key, number } = this.expressed(present);
		throw new ConflictError(
			`${titled(name)} ${number ?? key} of ${this.session.system} is ${present.state} in Tryton; only a draft can change.`,
			this.session.about({ hint: `Set the ${name} back to draft in Tryton, or change it there.` }),
		);
	}

	/** The document that bears the key, made from the draft where there is none. */
	private async made(idempotencyKey: string, given: Drafts[E]): Promise<Entities[E]> {
		const draft = this.checked(given) as Drafts[E];
		const id = await madeOnce(this.session, {
			turn: `${this.kind.model} key ${idempotencyKey}`,
			find: async () => await this.keyed(idempotencyKey),
			make: async () => await this.make(draft, { reference: idempotencyKey }),
		});
		const made = await this.existing(String(id));
		const settled = await this.kind.settle?.(made);
		return this.expressed(settled === true ? await this.existing(String(id)) : made);
	}

	/** What nobody made yet has no revision that could be expected. */
	private async expectThere(idempotencyKey: string): Promise<void> {
		if ((await this.keyed(idempotencyKey)) !== undefined) return;
		throw new ConflictError(
			`${this.session.system} has no ${this.kind.name} that was made under the key "${idempotencyKey}".`,
			this.session.about({ hint: 'Leave the expected revision empty to make it.' }),
		);
	}

	private async keyed(idempotencyKey: string): Promise<number | undefined> {
		return await keyedDocument(this.session, this.kind.model, ['reference', '=', idempotencyKey]);
	}
}
