"""What a run leaves behind: its record, its measurements, and the reports that people read.

record = record_of(ran, authorised_by=…)                    # drills.results.record
judgement = judge_record(record, policy, configuration)     # drills.judging; judgement.systems, .findings
files = write_results(record, judgement, folder, formats)   # drills.results.writing; FORMATS names the formats
code = exit_of(record, judgement)                           # drills.judging
record = load(file)                                         # drills.results.record_file: a kept record
"""
