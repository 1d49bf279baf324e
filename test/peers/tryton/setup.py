"""Prepares a Tryton database for tests: a company, a customer, two packing units and, where sales are installed, accounts and a
fiscal year.

Usage: setup.py CONFIGURATION DATABASE_URI. What the tests themselves make (products, stock, sales) they make over JSON-RPC.
"""
import datetime
import sys
from decimal import Decimal

from proteus import Model, Wizard, config

configuration_file, database = sys.argv[1:]
connection = config.set_trytond(database=database, config_file=configuration_file)

Party = Model.get('party.party')
Currency = Model.get('currency.currency')
euro = Currency(name='Euro', code='EUR', symbol='€')
euro.rates.new(date=datetime.date(2000, 1, 1), rate=Decimal(1))
euro.save()

wizard = Wizard('company.company.config')
wizard.execute('company')
wizard.form.party = Party(name='Riverside Appliances')
wizard.form.party.save()
wizard.form.currency = euro
wizard.execute('add')
connection._context = Model.get('res.user').get_preferences(True, {})
company, = Model.get('company.company').find()

Uom = Model.get('product.uom')
unit, = Uom.find([('symbol', '=', 'u')])
for name, symbol, pieces in (('Carton', 'ctn', 12), ('Pallet', 'plt', 480)):
    Uom(
        name=name, symbol=symbol, category=unit.category,
        factor=float(pieces), rate=round(1 / pieces, 12), rounding=1.0, digits=0).save()

Party(name='Household Appliances Retail', code='RETAIL').save()

if Model.get('ir.module').find([('name', '=', 'sale'), ('state', '=', 'activated')]):
    chart = Wizard('account.create_chart')
    chart.execute('account')
    template, = Model.get('account.account.template').find([('parent', '=', None)], limit=1)
    chart.form.account_template = template
    chart.form.company = company
    chart.execute('create_account')
    chart.execute('create_properties')

    # Invoices are posted in this year, whose months are its periods.
    SequenceType = Model.get('ir.sequence.type')
    year = datetime.date.today().year
    moves = Model.get('ir.sequence')(
        name='Account moves', sequence_type=SequenceType.find([('name', '=', 'Account Move')])[0], company=company)
    moves.save()
    invoices = Model.get('ir.sequence.strict')(
        name='Invoices', sequence_type=SequenceType.find([('name', '=', 'Invoice')])[0], company=company)
    invoices.save()
    fiscal_year = Model.get('account.fiscalyear')(
        name=str(year), company=company, post_move_sequence=moves,
        start_date=datetime.date(year, 1, 1), end_date=datetime.date(year, 12, 31))
    kept, = fiscal_year.invoice_sequences
    kept.out_invoice_sequence = kept.out_credit_note_sequence = invoices
    kept.in_invoice_sequence = kept.in_credit_note_sequence = invoices
    fiscal_year.save()
    fiscal_year.click('create_period')

    Account = Model.get('account.account')
    category = Model.get('product.category')(name='Goods', accounting=True)
    category.account_revenue, = Account.find([('type.revenue', '=', True)], limit=1)
    category.account_expense, = Account.find([('type.expense', '=', True)], limit=1)
    category.save()
    # A confirmed sale waits this long for the queue; until then it can go back to draft and change.
    sales = Model.get('sale.configuration')(1)
    sales.sale_process_after = datetime.timedelta(days=1)
    sales.save()
    purchases = Model.get('purchase.configuration')(1)
    purchases.purchase_process_after = datetime.timedelta(days=1)
    purchases.save()
    Party(name='Riverside Metal Works', code='METAL').save()
