using MMOrleans.Grains.Timing;

namespace MMOrleans.Grains.Runs.Life;

/// <summary>Has events happen to a run's life, and carries out what it decides, in order.</summary>
/// <remarks>The grain and the randomised schedules play by the same rules; only how an effect is carried out differs.</remarks>
/// <param name="life">Decides.</param>
/// <param name="carryOut">Carries out one effect; returns what came of it, or null where nothing is waited for.</param>
/// <param name="now">The time.</param>
internal sealed class LifePlay(
    RunLife life,
    Func<LifeEffect, CancellationToken, Task<LifeEvent?>> carryOut,
    Func<Moment> now
)
{
    /// <summary>Has something happen to the run, with all that follows.</summary>
    /// <returns>
    /// The answer for the caller. A fault of a submission or a resumption refuses it only while nothing is begun; after that the run is
    /// accepted, and the answer carries the fault all the same.
    /// </returns>
    public async Task<LifeEffect.Answer> PlayAsync(LifeEvent happened, CancellationToken cancellationToken)
    {
        try
        {
            return await FollowAsync(happened, cancellationToken) ?? new(true);
        }
        catch (Exception exception)
        {
            if (life.State is LifeState.Opening)
                await AbandonAsync();
            if (
                happened is not (LifeEvent.Submitted or LifeEvent.Resumed)
                || exception is not FaultException fault
            )
                throw;
            return new(life.State is LifeState.Queued or LifeState.Live, fault.Fault);
        }
    }

    /// <summary>What comes of an effect is decided at once: the next effect may fail.</summary>
    private async Task<LifeEffect.Answer?> FollowAsync(
        LifeEvent happened,
        CancellationToken cancellationToken
    )
    {
        LifeEffect.Answer? answer = null;
        foreach (var effect in life.Decide(happened, now()))
            if (effect is LifeEffect.Answer said)
                answer = said;
            else if (await carryOut(effect, cancellationToken) is { } result)
                answer = await FollowAsync(result, cancellationToken) ?? answer;
        return answer;
    }

    private async Task AbandonAsync()
    {
        foreach (var effect in life.Decide(new LifeEvent.Abandoned(), now()))
            await carryOut(effect, CancellationToken.None);
    }
}
