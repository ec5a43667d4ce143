using MMOrleans.Grains.Interfaces.Runs;
using MMOrleans.Grains.Runs.Life;
using MMOrleans.Runs.Faults;
using MMOrleans.Runs.Life;
using MMOrleans.Runs.Settings;
using MMOrleans.Runs.Specifications;

namespace MMOrleans.Grains.Tests.Simulation;

/// <content>The run's owner, who asks again what was refused; and what the run meets outside of its cluster.</content>
internal sealed partial class SimulatedRun
{
    private static RunSpecification Other => Specification with { BatchSize = 16 };

    private RunSettings _settings = new() { Name = "simulated", Wait = TimeSpan.FromMinutes(10) };
    private DateTimeOffset _othersHaveTrainersUntil;
    private DateTimeOffset _opensFrom;
    private DateTimeOffset _foreignUntil;
    private bool _wantsOn; // it is to go on once it has ended

    /// <summary>Whether its owner wants it to end.</summary>
    public bool IsStopAsked { get; private set; }

    /// <summary>Whether it ended as its owner wanted.</summary>
    public bool EndsAsItMay =>
        Record switch
        {
            { Status: RunStatus.Finished } => true,
            { Status: RunStatus.Stopped } => IsStopAsked,
            { Error: var fault } => fault == Breakdown.OfTheRun
                || fault == Breakdown.OfADevice // of the only trainer
                || (fault?.Code == "MM4004" && schedule.IsHopeless),
        };

    /// <summary>Whether its record says what it waits for.</summary>
    public bool SaysWhy => _record is null or { WaitingFor.Length: > 0 } || _record.Status.IsEnd();

    /// <summary>What keeps the run from beginning at once: others have the trainers, or its images cannot be read.</summary>
    public void BeRefused()
    {
        _settings = _settings with
        {
            Wait = schedule.Draw(3) switch
            {
                0 => TimeSpan.Zero,
                1 => TimeSpan.FromSeconds(10),
                _ => _settings.Wait,
            },
        };
        if (schedule.Draw(2) == 0)
            _othersHaveTrainersUntil = schedule.Time.Now + schedule.Between(1000, 30000);
        BeUnreadable();
    }

    /// <summary>Images and checkpoints cannot be read for a while.</summary>
    public void BeUnreadable() => _opensFrom = schedule.Time.Now + schedule.Between(1000, 20000);

    /// <summary>Its owner is at it.</summary>
    public void Wish()
    {
        switch (schedule.Draw(6))
        {
            case 0:
                if (Submit(Specification) is { IsAccepted: false, Fault.Code: "MM3005" })
                    schedule.Violate("the same run, submitted twice, was refused as another one");
                break;
            case 1:
                if (_record is not null && Submit(Other) is { IsAccepted: true })
                    schedule.Violate("another run was accepted under its name");
                break;
            case 2:
                _settings = _settings with { MaxTime = TimeSpan.FromSeconds(20) };
                break; // of a run that is not submitted yet, or is resumed
            case 3:
                Resume();
                break;
            default:
                _wantsOn = true;
                Stop(now: schedule.Draw(3) == 0);
                break;
        }
    }

    public void Submit() => Submit(Specification);

    public void Stop(bool now)
    {
        IsStopAsked = !_wantsOn;
        Play(new LifeEvent.StopAsked(now, "request"));
    }

    /// <summary>Asks for what was refused, and has a run go on that has ended and should not have.</summary>
    public void Insist()
    {
        if (_record is null)
            Submit();
        else if (_record.Status.IsEnd() && MayInsist)
            Resume();
    }

    /// <summary>Whether an end is not the last word: it was stopped to go on, or ended for want of trainers.</summary>
    private bool MayInsist => _wantsOn || (_record is { Error.Code: "MM3002" or "MM4002" or "MM5004" });

    private LifeEffect.Answer? Submit(RunSpecification specification) =>
        Play(
            new LifeEvent.Submitted(
                new(Run, SpecificationDocument.Write(specification), _settings),
                specification
            )
        );

    private void Resume()
    {
        if (_record is null)
            return;
        var wasOver = _record.Status.IsEnd();
        _mayGoOn = true;
        var answer = Play(new LifeEvent.Resumed(new(Run, null, null, null, null, Wait: _settings.Wait)));
        _mayGoOn = false;
        if (wasOver && answer is { IsAccepted: true } && !_record.Status.IsEnd())
            (_wantsOn, IsStopAsked) = (false, false);
    }

    /// <summary>The silo of its activation has died; while nobody has the folder, another process may take it for a while.</summary>
    public void Die()
    {
        (_life, _isHeld) = (null, false);
        if (schedule.IsRefused && schedule.Draw(2) == 0)
            _foreignUntil = schedule.Time.Now + schedule.Between(1000, 15000);
    }

    private static Fault Unreadable { get; } =
        new("MM5004", "the store of checkpoints does not answer", "see whether it runs");
}
