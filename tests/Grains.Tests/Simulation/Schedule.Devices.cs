using MMOrleans.Grains.Coordination;
using MMOrleans.Grains.Placement;

namespace MMOrleans.Grains.Tests.Simulation;

/// <content>Devices that compute something wrong, or never come back.</content>
internal sealed partial class Schedule
{
    private static readonly TimeSpan HangsNamedAfter = TimeSpan.FromSeconds(45); // thirty seconds, and some to notice

    private readonly HashSet<string> _flipped = [];
    private readonly HashSet<string> _hungAndNamed = [];
    private (string Trainer, long Round)? _stubborn;

    private void FlipBit()
    {
        var sound = Up()
            .Where(s => !s.IsFrozen)
            .SelectMany(s => s.Trainers.Values)
            .Where(t => t.IsSound)
            .ToList();
        if (sound.Count < (_faults.IsMajorityRight ? 3 : 2))
            return;
        var victim = sound[_random.Next(sound.Count)];
        Note($"a bit flips in {victim.Name}");
        _flipped.Add(victim.Name);
        Trouble(default, PinnedKey.Silo(victim.Name));
        victim.FlipBit();
    }

    /// <summary>Whether a bit flips in a trainer's update: now, or as it did before.</summary>
    public bool Flips(string trainer, long round, bool isAsked)
    {
        if (isAsked && _faults.IsStubborn)
            _stubborn = (trainer, round);
        if (!isAsked && _stubborn != (trainer, round))
            return false;
        _flipped.Add(trainer);
        return true;
    }

    /// <summary>Whether a trainer's bits flip whenever they can: then a run may have to give up.</summary>
    public bool IsHopeless => _faults.IsStubborn;

    private void Forge()
    {
        foreach (var silo in Up().Where(s => !s.IsFrozen))
            silo.Forge();
    }

    /// <summary>A trainer reports a fault; a person starts its process anew.</summary>
    private void BreakDown()
    {
        if (Any(s => !s.IsFrozen) is not { } silo || _leaders.Count == 0)
            return;
        var victim = silo.Trainers.Values.ElementAt(_random.Next(silo.Trainers.Count));
        var isOfTheRun = _random.Next(8) == 0;
        Note($"{victim.Name} reports a fault{(isOfTheRun ? " of the run" : "")}");
        victim.Report(isOfTheRun ? Breakdown.OfTheRun : Breakdown.OfADevice);
        Trouble(default, silo.Name);
        silo.After(
            Between(1000, 20000),
            () =>
            {
                if (IsOver)
                    return;
                Die(silo);
                ComeBack(silo);
            }
        );
    }

    /// <summary>A device never comes back from its next piece of work; a person starts its process anew, some time later.</summary>
    private void HangDevice()
    {
        if (Any(s => !s.IsFrozen && StateSurvives(s)) is not { } silo)
            return;
        var victim = silo.Trainers.Values.ElementAt(_random.Next(silo.Trainers.Count));
        Trouble(default, silo.Name);
        victim.HangNext();
    }

    /// <summary>The device of a trainer hangs from now on.</summary>
    public void Hung(SimulatedTrainer trainer, SimulatedSilo silo)
    {
        Note($"the device of {trainer.Name} hangs");
        silo.After(HangsNamedAfter, () => RequireNamed(trainer));
        silo.After(
            HangsNamedAfter + Between(0, 60000),
            () =>
            {
                if (IsOver)
                    return;
                Note($"{silo.Name} is killed for its device");
                Die(silo);
                ComeBack(silo);
            }
        );
        Trouble(HangsNamedAfter, silo.Name);
    }

    /// <summary>Where nothing else goes wrong, and others could go on.</summary>
    private void RequireNamed(SimulatedTrainer trainer)
    {
        if (
            _faults == new Faults(Hangs: _faults.Hangs, Joins: _faults.Joins)
            && !_run.IsOver
            && !trainer.HasLeft
            && !_hungAndNamed.Contains(trainer.Name)
            && Up().SelectMany(s => s.Trainers.Values).Any(t => t is { IsSound: true, IsHung: false })
        )
            Violate(
                $"the device of {trainer.Name} hangs for {HangsNamedAfter.TotalSeconds} s, and nobody says so"
            );
    }

    /// <summary>A device that was found to hang is leased nothing until its process is another one.</summary>
    private void RequireNothingForHung(Leadership leader)
    {
        _hungAndNamed.RemoveWhere(trainer =>
            Find(PinnedKey.Silo(trainer))?.Trainers.GetValueOrDefault(trainer)?.IsHung != true
        );
        if (!leader.Coordination.Members.Any(m => m.HoldsState && !HungDevice.Is(m.Last)))
            return; // nobody else is left
        if (_silos[leader.Silo].IsEvicted)
            return; // it was told nothing since, and is about to find out
        foreach (var trainer in _hungAndNamed)
            if (leader.Coordination.Answer(trainer).Lease is { Slots.IsEmpty: false } lease)
                Violate($"{trainer}, whose device hangs, was leased {string.Join(',', lease.Slots)}");
    }
}
