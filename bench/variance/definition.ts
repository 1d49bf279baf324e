import { VarianceDefinition } from '../../core/variance/definition';

/** The comparison that the benchmark runs: three sides, every measure, fiscal periods by calendar months. */
export const definition = VarianceDefinition.parse({
	name: 'benchmark',
	currency: 'CNY',
	sides: [
		{
			name: 'orders',
			columns: {
				key: ['order_no'],
				quantity: 'quantity',
				price: 'price',
				amount: 'amount',
				tax: 'tax',
				currency: 'currency',
				rate: 'rate',
				date: 'date',
				dimensions: ['cost_centre'],
				partner: 'customer',
			},
		},
		{
			name: 'deliveries',
			columns: { key: ['order_no'], quantity: 'quantity', cost: 'cost', date: 'date' },
		},
		{
			name: 'invoices',
			columns: {
				key: ['order_no'],
				quantity: 'quantity',
				price: 'price',
				amount: 'amount',
				tax: 'tax',
				currency: 'currency',
				rate: 'rate',
				cost: 'cost',
				debit: 'debit',
				credit: 'credit',
				date: 'date',
				dimensions: ['cost_centre'],
			},
		},
	],
	calendar: { kind: 'calendarMonths', name: 'months', firstMonth: 1 },
	asOf: '2026-03-31',
});
