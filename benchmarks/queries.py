"""The measured queries. The peers implement the part of the schema that these queries need."""

SMALL = '{ user(id: "2") { id stats { peak { globalRank accuracy } } } }'
MEDIUM = """{ user(id: "2") { id stats {
    snapshots(window: {days: 90}) { at pp globalRank accuracy playCount } peak { globalRank accuracy }
    hiscores(first: 50) { nodes { beatmapId pp grade playedAt } } } } }"""
BEST_PLAYS = """{ bestPlays(first: 10000) {
    nodes { beatmapId score pp grade playedAt recordedAt user { id } mods { bits } } } }"""
SNAPSHOTS = """{ user(id: "2") { stats { snapshots { at pp globalRank accuracy level playCount rankedScore totalScore
    count300 count100 count50 countSS countS countA } } } }"""

# Cold queries: the upstream twin has other players for each first day of best plays.
COLD_PEAKS = """{{ bestPlays(window: {{between: {{from: "{day}"}}}}, first: 100) {{
    nodes {{ pp user {{ id stats {{ peak {{ globalRank }} }} }} }} }} }}"""
COLD_BEST_PLAYS = """{{ bestPlays(window: {{between: {{from: "{day}"}}}}, first: 10000) {{
    nodes {{ beatmapId score pp grade playedAt recordedAt user {{ id }} mods {{ bits }} }} }} }}"""
COLD_SMALL = '{{ user(id: "{id}") {{ id stats {{ peak {{ globalRank accuracy }} }} }} }}'
SERIES = '{{ user(id: "{id}") {{ stats {{ snapshots {{ at }} }} }} }}'
