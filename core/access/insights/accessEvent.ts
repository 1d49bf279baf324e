import type { Employee } from '../../model/employee';
import { z } from 'zod/v4';

/** One line of a decision log or of a system's audit trail: who tried what on which record, when, from where, and whether it was let through. */
export const AccessEvent = z.object({
	/** milliseconds since 1970 */
	at: z.number().int(),
	/** key of the employee, or of the account where no employee is known */
	person: z.string().min(1),
	operation: z.string().min(1),
	/** key of the record, with its kind before a slash where keys of several kinds meet: `supplier/S-2001` */
	resource: z.string().default(''),
	outcome: z.enum(['permit', 'deny']),
	system: z.string().optional(),
	/** site, office or network that the person came from; the address where a log knows nothing better */
	place: z.string().optional(),
});
export type AccessEvent = z.infer<typeof AccessEvent>;

/** What has to be known of a person to compare them with others. */
export const WatchedPerson = z.object({
	id: z.string().min(1),
	name: z.string().optional(),
	/** those who do the same work: usually the position, or the department */
	peerGroup: z.string().default(''),
	/** last day employed, YYYY-MM-DD */
	leftOn: z.iso.date().optional(),
});
export type WatchedPerson = z.infer<typeof WatchedPerson>;

/** Operations by which data leaves the company, by a word of their name; case does not matter. */
export const exportWords = ['export', 'download', 'print', 'extract', 'dump', '导出', '下载', '打印'];

/**
 * A person of HR as the log is read for them. A last day counts only of somebody whom HR shows as having left: who is shown at work after it, as after
 * coming back, is told as a doubt by HR's check, and accused of nothing here.
 */
export function watched({ key, name, position, department, state, leftOn }: Employee): WatchedPerson {
	return {
		id: key,
		name,
		peerGroup: position ?? department ?? '',
		...(leftOn === undefined || state !== 'left' ? {} : { leftOn }),
	};
}
