"""The parts of one installation on one machine: started together, watched, stopped in order.

startup      what `up` does, in parallel where it can
parts        what each part is: its command, its environment, how to tell that it answers
processes    processes by id and birth, so that a recycled id is never ended
instance     home/instance.json: what runs here, under which addresses
preparation  databases, roles, migrations, keys
keeper       starts again what dies
report       what a person sees: progress, the table of addresses, who is down
collecting   how rarely a long-lived process looks for garbage
samples      the sample cases of the first start
"""
