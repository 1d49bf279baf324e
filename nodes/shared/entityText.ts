import type { z } from 'zod/v4';

import type { Drafts, EntityName, WritableEntity } from '../../core/ports/systemConnector';
import type { SystemRole } from './systems';

/** What the editor says of one entity that is read. */
export interface ReadEntityText<E extends EntityName> {
	entity: E;
	/** what the system is used as; the ERP where absent */
	role?: SystemRole;
	/** as it stands within a sentence, such as `sales order` */
	name: string;
	plural: string;
	title: string;
	/** the parameter that picks a record */
	parameter: string;
	/** the picker's list search */
	searchMethod: string;
	/** a key, as the picker's placeholder */
	example: string;
	/** canonical states; empty where the entity has none */
	states: string[];
}

/** What it says of one that is written too, and how its drafts are checked. */
export interface EntityText<E extends WritableEntity> extends ReadEntityText<E> {
	Draft: z.ZodObject & z.ZodType<Drafts[E]>;
	/** a draft to start from */
	draftExample: object;
}
