import { z } from 'zod/v4';

const Port = z.number().int().min(0).max(65_535);

/** What `startCompany` and the command line take. A port of 0, the default, is any free one. */
export const CompanyOptions = z.object({
	/** where the data is kept; the same folder goes on where it stopped */
	folder: z.string().min(1),
	/** header X-Api-Key of all services */
	apiKey: z.string().min(8),
	/** the sandbox is reachable from this computer only */
	host: z.enum(['127.0.0.1', '::1']).default('127.0.0.1'),
	ports: z
		.object({
			erp: Port.default(0),
			wms: Port.default(0),
			finance: Port.default(0),
			hr: Port.default(0),
			/** where mail is read over HTTP */
			mail: Port.default(0),
			/** where mail is sent to */
			smtp: Port.default(0),
			broker: Port.default(0),
			page: Port.default(0),
		})
		.prefault({}),
	/** `embedded`: a broker of its own, with user name and password when given */
	broker: z
		.union([
			z.literal('embedded'),
			z.object({ embedded: z.literal(true), username: z.string(), password: z.string() }),
			z.object({ url: z.string().min(1), username: z.string().optional(), password: z.string().optional() }),
		])
		.default('embedded'),
	/**
	 * The embedded broker keeps sessions in memory. When a consumer subscribes anew, orders that the warehouse has not
	 * answered are published again, so that neither a late first start nor a killed broker leaves an order behind.
	 */
	resendOnSubscribe: z.boolean().default(true),
	/** first level of the topics of all events */
	topicPrefix: z.string().min(1).default('erp'),
	erp: z.object({ publish: z.boolean().default(true) }).prefault({}),
	wms: z.object({ bulk: z.boolean().default(true), publish: z.boolean().default(true) }).prefault({}),
	finance: z.object({ publish: z.boolean().default(true) }).prefault({}),
	hr: z.object({ publish: z.boolean().default(true) }).prefault({}),
	/** items, stock, a ledger, people and a few orders, when the folder is empty */
	seed: z.boolean().default(true),
	/** with the seed: deals of last month in all services, among which errors are planted (README.md) */
	plantErrors: z.boolean().default(false),
	/** the web page */
	page: z.boolean().default(true),
});
export type CompanyOptions = z.input<typeof CompanyOptions>;

/** Where a running company can be reached. */
export const CompanyAddresses = z.object({
	erp: z.string(),
	wms: z.string(),
	finance: z.string(),
	hr: z.string(),
	/** mail over HTTP */
	mail: z.string(),
	smtp: z.object({ host: z.string(), port: z.number(), user: z.string() }),
	page: z.string().optional(),
	broker: z.object({ url: z.string(), username: z.string().optional(), password: z.string().optional() }),
});
export type CompanyAddresses = z.infer<typeof CompanyAddresses>;
