namespace MMOrleans.Bench.Mutation;

/// <summary>Bugs that a person who knows the protocol would fear.</summary>
internal static class NamedBugs
{
    private const string Coordination = "Grains/Coordination/";
    private const string Life = "Grains/Runs/Life/";
    private const string Protocol = "Grains/Trainers/Protocol/";
    private const string Segments = "Grains/Segments/";

    private static readonly (string Name, string File, string Before, string After)[] All =
    [
        ("stale term accepted", Protocol + "TrainerProtocol.cs", "newer > 0 && newer < old", "newer < 0"),
        (
            "result's checksum not compared",
            Protocol + "TrainerProtocol.cs",
            "room.IsEmpty || answer.TryCopyTo(room)",
            "room.IsEmpty || answer.TryCopyTo(room) || !answer.Averaged.IsVersioned"
        ),
        (
            "wrong state not dropped",
            Protocol + "TrainerProtocol.cs",
            "_orders.Directive == Directive.Copy && _hasState && !_busy",
            "_orders.Directive == Directive.Copy && !_hasState && !_busy"
        ),
        (
            "silence not noticed by who waits",
            Protocol + "TrainerProtocol.cs",
            "now - _heardAt > liveness.Idle",
            "now - _heardAt < TimeSpan.Zero"
        ),
        ("copied state's hash not compared", Protocol + "CatchUp.cs", "hash == _copy!.State!.Hash", "true"),
        (
            "state older than the results copied",
            Protocol + "CatchUp.cs",
            "answer.Round < _reading!.From",
            "false"
        ),
        (
            "result of another round read",
            Protocol + "ReadAhead.cs",
            "if (round != Segments[segment].Next)\n            return;",
            ""
        ),
        (
            "result of another exchange used",
            Protocol + "RoundExchange.cs",
            "Open?.Id == id ? Open\n",
            "Open is not null ? Open\n"
        ),
        ("lent array used too early", Protocol + "LentArray.cs", "_loans == 0 && !IsLost", "true"),
        (
            "result used that was written anew",
            Protocol + "TrainerProtocol.cs",
            "room.IsEmpty || answer.TryCopyTo(room)",
            "room.IsEmpty || answer.TryCopyTo(room) || answer.Averaged.IsVersioned"
        ),
        (
            "block summed that was written anew",
            Segments + "BlockTree.cs",
            "if (!left.IsIntact || !right.IsIntact)",
            "if (left.Slots.Start < 0)"
        ),
        (
            "block averaged that was written anew",
            Segments + "BlockTree.cs",
            "            if (node is { IsIntact: false })\n            {\n                Drop(node);",
            "            if (node is { Slots.Start: < 0 })\n            {\n                Drop(node);"
        ),
        ("vector used again that still says what it was", Protocol + "BufferPool.cs", "array.Renew();", ""),
        ("array of a lost call used again", Protocol + "LentArray.cs", "_lost |= !answered;", ""),
        (
            "blocks not sent again to a segment made anew",
            Protocol + "OpenExchange.cs",
            "BlocksSent = 0;\n            ResultIsOwed",
            "ResultIsOwed"
        ),
        (
            "result not given to a segment made anew",
            Protocol + "OpenExchange.cs",
            "SilentSince) = (0, 0, default, null);\n            ResultIsOwed = Answered;",
            "SilentSince) = (0, 0, default, null);"
        ),
        (
            "epoch not closed",
            Protocol + "ExchangePlan.cs",
            "new(round + 1, Run.ClosesEpoch(round + 1))",
            "new(round + 1, false)"
        ),
        (
            "state's hash not compared with the result's",
            Segments + "SegmentRounds.cs",
            "&& state != contribution.StateHash",
            "&& false"
        ),
        (
            "states of contributors not compared",
            Segments + "SegmentRounds.cs",
            "round.States.Differ;",
            "false;"
        ),
        (
            "slot counted twice",
            Segments + "SegmentRounds.cs",
            "if (round.Covered(block.Slots) is { } node)",
            "if (round.Covered(block.Slots) is { } node && block.Slots.Length > int.MaxValue - 1)"
        ),
        (
            "results kept too short",
            Segments + "SegmentRounds.cs",
            "private const int ResultsNeeded = 2;",
            "private const int ResultsNeeded = 1;"
        ),
        (
            "one result kept",
            Segments + "SegmentRounds.cs",
            "if (_results.Count > ResultsKept)",
            "if (_results.Count > 1)"
        ),
        (
            "result's array used too early",
            Segments + "SegmentRounds.cs",
            "new Memory<byte>?[ResultsKept + SpareBuffers]",
            "new Memory<byte>?[1]"
        ),
        (
            "what is lent not copied",
            Segments + "SegmentRounds.cs",
            "_open.GetValueOrDefault(round)?.DetachBorrowed();",
            "_open.GetValueOrDefault(round);"
        ),
        (
            "phase not compared",
            Segments + "SegmentRounds.cs",
            "if (contribution.Phase != phase)",
            "if (contribution.Phase != phase && phase < 0)"
        ),
        (
            "gone result taken for an open round",
            Segments + "SegmentRounds.cs",
            "return round > _lastClosed\n",
            "return round > long.MinValue\n"
        ),
        (
            "gradients divided by the images",
            Segments + "Average.cs",
            "(float)tally.Denominator",
            "(float)tally.Images"
        ),
        (
            "slot lost at a handover",
            Coordination + "LeasePlan.cs",
            ".Except(held.Values.SelectMany(h => h)).ToList();",
            ".Except(held.Values.SelectMany(h => h)).Skip(1).ToList();"
        ),
        (
            "slot to nobody at the first share",
            Coordination + "LeasePlan.cs",
            "Give(middle, end, first + share, count - share);",
            "Give(middle, end, first, count - share);"
        ),
        (
            "share in force a round early",
            Coordination + "SlotLeases.cs",
            "_fromRound = roster.HighestRound + ahead;",
            "_fromRound = roster.HighestRound + ahead - 1;"
        ),
        (
            "share in force at once",
            Coordination + "SlotLeases.cs",
            "_fromRound = roster.HighestRound + ahead;",
            "_fromRound = 0;"
        ),
        (
            "successor begins at the first term",
            Coordination + "SlotLeases.cs",
            "private long _highestTermSeen = knownTerm;",
            "private long _highestTermSeen;"
        ),
        (
            "known terms forgotten",
            Coordination + "SlotLeases.cs",
            "_highestTermSeen = Math.Max(_highestTermSeen, term)",
            "_highestTermSeen += 0 * term"
        ),
        (
            "leases announced before they are written",
            Coordination + "RecordWriter.cs",
            "_written == _changes || _isAway",
            "true"
        ),
        (
            "half taken for a majority",
            Coordination + "StateDispute.cs",
            "groups[0].Count() * 2 > states.Count",
            "groups[0].Count() * 2 >= states.Count"
        ),
        (
            "dispute settled without those who are behind",
            Coordination + "Disagreements.cs",
            "&& now - _since < Patience",
            "&& now - _since < TimeSpan.Zero"
        ),
        (
            "replay believed too early",
            Coordination + "ReplayWitness.cs",
            "heartbeat.Round < _open.Round",
            "heartbeat.Round < 0"
        ),
        (
            "finished a round early",
            Coordination + "RunEndings.cs",
            "if (roster.HighestRound < rounds)",
            "if (roster.HighestRound < rounds - 1)"
        ),
        (
            "nobody falls back",
            Protocol + "CoordinatorWatch.cs",
            "now - _answeredAt > liveness.Missed",
            "now - _answeredAt > TimeSpan.MaxValue"
        ),
        (
            "falls back although its rounds close",
            Protocol + "CoordinatorWatch.cs",
            "stands > 2 * liveness.Beat",
            "true"
        ),
        (
            "falls back at refused heartbeats although its rounds close",
            Protocol + "CoordinatorWatch.cs",
            "stands > liveness.Beat && stands > _roundBefore",
            "true"
        ),
        (
            "fallback stays with the coordinator's silo",
            Coordination + "FallbackPlan.cs",
            "m.Silo != home && !m.IsDraining",
            "!m.IsDraining"
        ),
        (
            "coordinator does not go on with what its trainers fell back to",
            Coordination + "RunCoordination.cs",
            "var fellBack = _leases.HasFallenBack;",
            "var fellBack = false;"
        ),
        (
            "coordinator decides by what came while it stood still",
            Coordination + "RunCoordination.cs",
            "if (now - _time.Resumed < 2 * _liveness.Beat)",
            "if (now - _time.Resumed < TimeSpan.Zero)"
        ),
        (
            "who lags is taken for overtaken",
            Protocol + "TrainerProtocol.cs",
            " && now - _coordinator.MovedAt > liveness.Stuck",
            ""
        ),
        (
            "slots given to who will not be there",
            Coordination + "SlotLeases.cs",
            "member.Progress.Round + ahead >= roster.HighestRound",
            "true"
        ),
        ("stop forgotten", Coordination + "RunCoordination.cs", "Stopping = true;", ""),
        (
            "silence not noticed",
            Coordination + "Roster.cs",
            "return silence > patience\n",
            "return silence > TimeSpan.MaxValue\n"
        ),
        (
            "who was dismissed stays in",
            Coordination + "Member.cs",
            "(Reason, BarredUntil) = (reason, until);",
            "BarredUntil = until;"
        ),
        ("wrong state gone on from", Coordination + "Member.cs", "MustCopy |= mustCopy;", ""),
        (
            "handed over before others took over",
            Coordination + "RunCoordination.cs",
            "else if (_leases.IsDrained(member))",
            "else if (member.IsDraining)"
        ),
        (
            "segments stay with who is gone",
            Coordination + "SegmentAssignments.cs",
            "_silos.All(HasStayingMember)",
            "true"
        ),
        ("own standstill counted as silence", "Grains/Timing/AttendedTime.cs", "_missed += gap - look;", ""),
        (
            "stop not told to a successor",
            Life + "RunLife.cs",
            "LifeState.Stopping => [new LifeEffect.StopCoordinator(Now: false)],",
            "LifeState.Stopping => [],"
        ),
        (
            "release skipped",
            Life + "RunLife.cs",
            "[new LifeEffect.End(ended, outcome), .. LetGo(), new LifeEffect.Release()]",
            "[new LifeEffect.End(ended, outcome), .. LetGo()]"
        ),
        (
            "release not tried again",
            Life + "RunLife.cs",
            "[new LifeEffect.AskWhoLeads()],\n            LifeState.Ended { HoldsTrainers: true } => [new LifeEffect.Release()],",
            "[new LifeEffect.AskWhoLeads()],"
        ),
        (
            "restart while another coordinator leads",
            Life + "RestartPolicy.cs",
            "now - _heardAt < liveness.Patience",
            "now - _heardAt < TimeSpan.Zero"
        ),
        (
            "stop forgotten by a restart",
            Life + "RestartPolicy.cs",
            "isStopping ? RestartChoice.Stop : RestartChoice.GoBack",
            "RestartChoice.GoBack"
        ),
        (
            "dispute gone back for once more",
            Life + "RestartPolicy.cs",
            "dispute is not null && dispute.Round == _settled?.Round",
            "false"
        ),
        (
            "end of an earlier attempt believed",
            Life + "RunLife.cs",
            "outcome.Attempt is null || outcome.Attempt == Known!.Record.Attempt",
            "true"
        ),
    ];

    public static IEnumerable<Mutant> In(ProtocolCompiler compiler) =>
        All.Select(bug => compiler.Named(bug.Name, bug.File, bug.Before, bug.After));
}
